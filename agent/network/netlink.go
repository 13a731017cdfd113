// Package network sets addresses and routes over rtnetlink (rtnetlink(7)), since an image may hold no program for it.
package network

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// link is an rtnetlink socket. Its requests wait for the kernel's answer, one after the other.
type link struct {
	fd       int
	sequence uint32
}

func openLink() (*link, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &link{fd: fd}, nil
}

func (l *link) close() { unix.Close(l.fd) }

// do sends a request and waits until the kernel has acknowledged it.
func (l *link) do(kind, flags uint16, body []byte) error {
	_, err := l.exchange(kind, flags|unix.NLM_F_ACK, body)
	return err
}

// dump returns the bodies of the messages that the kernel answers with.
func (l *link) dump(kind uint16, body []byte) ([][]byte, error) {
	return l.exchange(kind, unix.NLM_F_DUMP, body)
}

func (l *link) exchange(kind, flags uint16, body []byte) ([][]byte, error) {
	l.sequence++
	message := make([]byte, unix.SizeofNlMsghdr, unix.SizeofNlMsghdr+len(body))
	binary.NativeEndian.PutUint32(message[0:], uint32(cap(message)))
	binary.NativeEndian.PutUint16(message[4:], kind)
	binary.NativeEndian.PutUint16(message[6:], flags|unix.NLM_F_REQUEST)
	binary.NativeEndian.PutUint32(message[8:], l.sequence)
	if err := unix.Sendto(l.fd, append(message, body...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, err
	}
	var bodies [][]byte
	buffer := make([]byte, 64<<10)
	for {
		n, _, err := unix.Recvfrom(l.fd, buffer, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for rest := buffer[:n]; len(rest) >= unix.SizeofNlMsghdr; {
			size := int(binary.NativeEndian.Uint32(rest))
			if size < unix.SizeofNlMsghdr || size > len(rest) {
				return nil, fmt.Errorf("netlink: a message of %d bytes in %d", size, len(rest))
			}
			kind, sequence := binary.NativeEndian.Uint16(rest[4:]), binary.NativeEndian.Uint32(rest[8:])
			body := rest[unix.SizeofNlMsghdr:size]
			rest = rest[min(len(rest), (size+3)&^3):]
			switch {
			case sequence != l.sequence:
			case kind == unix.NLMSG_DONE:
				return bodies, nil
			case kind == unix.NLMSG_ERROR && len(body) >= 4:
				if code := int32(binary.NativeEndian.Uint32(body)); code != 0 {
					return nil, unix.Errno(-code)
				}
				return bodies, nil
			default:
				bodies = append(bodies, append([]byte(nil), body...))
			}
		}
	}
}

// attribute is one rtattr: length, type, value, padded to four bytes.
func attribute(kind uint16, value []byte) []byte {
	size := unix.SizeofRtAttr + len(value)
	encoded := make([]byte, (size+3)&^3)
	binary.NativeEndian.PutUint16(encoded, uint16(size))
	binary.NativeEndian.PutUint16(encoded[2:], kind)
	copy(encoded[unix.SizeofRtAttr:], value)
	return encoded
}

// attributes cuts a run of rtattrs; a broken tail is left out.
func attributes(encoded []byte) map[uint16][]byte {
	values := map[uint16][]byte{}
	for len(encoded) >= unix.SizeofRtAttr {
		size := int(binary.NativeEndian.Uint16(encoded))
		if size < unix.SizeofRtAttr || size > len(encoded) {
			break
		}
		values[binary.NativeEndian.Uint16(encoded[2:])] = encoded[unix.SizeofRtAttr:size]
		encoded = encoded[min(len(encoded), (size+3)&^3):]
	}
	return values
}

func number32(value int) []byte {
	return binary.NativeEndian.AppendUint32(nil, uint32(value))
}
