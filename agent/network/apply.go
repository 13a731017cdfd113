package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// deviceWait is how long an interface may take to appear.
const deviceWait = 2 * time.Second

// Interface is what one interface, found by its MAC address, is to have: this address and no other of its kind.
type Interface struct {
	MAC     string
	Address netip.Prefix
	// Gateway is the default route's, or the zero Addr.
	Gateway netip.Addr
}

// LoopbackUp brings lo up, which gives it its addresses.
func LoopbackUp() error {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	l, err := openLink()
	if err != nil {
		return err
	}
	defer l.close()
	return l.up(lo.Index)
}

// Apply gives an interface its address and brings it and its default route up. It may be called again with
// another address: a restored clone gets its own.
func Apply(wanted Interface) error {
	device, err := find(wanted.MAC)
	if err != nil {
		return err
	}
	l, err := openLink()
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.up(device.Index); err != nil {
		return fmt.Errorf("bring %s up: %w", device.Name, err)
	}
	if err := l.dropOthers(device.Index, wanted.Address); err != nil {
		return fmt.Errorf("drop old addresses of %s: %w", device.Name, err)
	}
	if err := l.setAddress(device.Index, wanted.Address); err != nil {
		return fmt.Errorf("give %s the address %s: %w", device.Name, wanted.Address, err)
	}
	if wanted.Gateway.IsValid() {
		if err := l.setDefaultRoute(device.Index, wanted.Gateway); err != nil {
			return fmt.Errorf("route through %s: %w", wanted.Gateway, err)
		}
	}
	return nil
}

func find(mac string) (*net.Interface, error) {
	for deadline := time.Now().Add(deviceWait); ; time.Sleep(10 * time.Millisecond) {
		list, err := net.Interfaces()
		if err != nil {
			return nil, err
		}
		for _, candidate := range list {
			if strings.EqualFold(candidate.HardwareAddr.String(), mac) {
				return &candidate, nil
			}
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("no interface has the MAC address %s", mac)
		}
	}
}

// up sets IFF_UP by a struct ifinfomsg.
func (l *link) up(index int) error {
	body := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(body[4:], uint32(index))
	binary.NativeEndian.PutUint32(body[8:], unix.IFF_UP)
	binary.NativeEndian.PutUint32(body[12:], unix.IFF_UP)
	return l.do(unix.RTM_NEWLINK, 0, body)
}

func (l *link) setAddress(index int, address netip.Prefix) error {
	body := addressMessage(index, address)
	flags := uint16(unix.NLM_F_CREATE | unix.NLM_F_REPLACE)
	if address.Addr().Is6() {
		// Without duplicate detection, which would keep the address unusable for a second.
		body[2] = unix.IFA_F_NODAD
	}
	err := l.do(unix.RTM_NEWADDR, flags, body)
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	return err
}

// dropOthers removes the other addresses of this kind, but for IPv6's link-local ones.
func (l *link) dropOthers(index int, keep netip.Prefix) error {
	family := familyOf(keep.Addr())
	bodies, err := l.dump(unix.RTM_GETADDR, []byte{byte(family), 0, 0, 0, 0, 0, 0, 0})
	if err != nil {
		return err
	}
	for _, body := range bodies {
		if len(body) < unix.SizeofIfAddrmsg || int(binary.NativeEndian.Uint32(body[4:])) != index || int(body[0]) != family {
			continue
		}
		values := attributes(body[unix.SizeofIfAddrmsg:])
		raw, found := values[unix.IFA_LOCAL]
		if !found {
			raw = values[unix.IFA_ADDRESS]
		}
		address, ok := netip.AddrFromSlice(raw)
		present := netip.PrefixFrom(address, int(body[1]))
		if !ok || present == keep || address.IsLinkLocalUnicast() && family == unix.AF_INET6 {
			continue
		}
		if err := l.do(unix.RTM_DELADDR, 0, addressMessage(index, present)); err != nil && !errors.Is(err, unix.EADDRNOTAVAIL) {
			return err
		}
	}
	return nil
}

// addressMessage is a struct ifaddrmsg: family, prefix length, flags, scope, index.
func addressMessage(index int, address netip.Prefix) []byte {
	body := []byte{byte(familyOf(address.Addr())), byte(address.Bits()), 0, unix.RT_SCOPE_UNIVERSE}
	body = append(body, number32(index)...)
	raw := address.Addr().AsSlice()
	body = append(body, attribute(unix.IFA_LOCAL, raw)...)
	body = append(body, attribute(unix.IFA_ADDRESS, raw)...)
	if address.Addr().Is4() && address.Bits() < 31 {
		body = append(body, attribute(unix.IFA_BROADCAST, broadcast(address))...)
	}
	return body
}

func broadcast(address netip.Prefix) []byte {
	raw := address.Addr().As4()
	bits := binary.BigEndian.Uint32(raw[:]) | (1<<(32-address.Bits()) - 1)
	return binary.BigEndian.AppendUint32(nil, bits)
}

// setDefaultRoute sends a struct rtmsg: family, lengths, tos, table, protocol, scope, type, flags.
func (l *link) setDefaultRoute(index int, gateway netip.Addr) error {
	body := []byte{
		byte(familyOf(gateway)), 0, 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_BOOT, unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST,
	}
	// The gateway may lie outside the interface's own network.
	body = append(body, number32(unix.RTNH_F_ONLINK)...)
	body = append(body, attribute(unix.RTA_GATEWAY, gateway.AsSlice())...)
	body = append(body, attribute(unix.RTA_OIF, number32(index))...)
	return l.do(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, body)
}

func familyOf(address netip.Addr) int {
	if address.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}
