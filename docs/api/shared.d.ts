import { Readable, Duplex } from 'node:stream';

/** What is known of an error by its code. `{name}` in a message or hint is filled from the parameters given to `fail`. */
interface ErrorEntry {
    /** HTTP status of the daemon's answer. */
    readonly status: number;
    /** What is wrong, in plain words: one sentence. */
    readonly message: string;
    /** What to do about it. */
    readonly hint: string;
}

/** The one catalogue of errors. A code is stable: scripts and other copies of core compare it, never the class. */
declare const catalogue: {
    "tool.missing": ErrorEntry;
    "tool.failed": ErrorEntry;
    "acp.no-agent": ErrorEntry;
    "ssh.failed": ErrorEntry;
    "workspace.no-checkout": ErrorEntry;
    "workspace.submodules": ErrorEntry;
    "workspace.nested": ErrorEntry;
    "workspace.branch": ErrorEntry;
    "workspace.unreadable": ErrorEntry;
    "workspace.changing": ErrorEntry;
    "workspace.interrupted": ErrorEntry;
    "workspace.pull-interrupted": ErrorEntry;
    "workspace.none": ErrorEntry;
    "workspace.too-much": ErrorEntry;
    "workspace.unsound": ErrorEntry;
    "workspace.occupied": ErrorEntry;
    "workspace.guest-work": ErrorEntry;
    "session.not-found": ErrorEntry;
    "session.exists": ErrorEntry;
    "session.preflight": ErrorEntry;
    "session.running": ErrorEntry;
    "session.detached": ErrorEntry;
    "session.attached": ErrorEntry;
    "session.lost": ErrorEntry;
    "session.taken-over": ErrorEntry;
    "guest.unreachable": ErrorEntry;
    "guest.command-not-found": ErrorEntry;
    "guest.command-not-executable": ErrorEntry;
    "guest.command-failed": ErrorEntry;
    "guest.bad-cwd": ErrorEntry;
    "guest.bad-user": ErrorEntry;
    "guest.bad-path": ErrorEntry;
    "guest.no-log": ErrorEntry;
    "guest.bad-archive": ErrorEntry;
    "guest.dial-failed": ErrorEntry;
    "guest.bad-request": ErrorEntry;
    "guest.refused": ErrorEntry;
    "guest.disk-full": ErrorEntry;
    "copy.refused": ErrorEntry;
    "copy.interrupted": ErrorEntry;
    "host.bad-path": ErrorEntry;
    "vm.not-found": ErrorEntry;
    "vm.exists": ErrorEntry;
    "vm.not-running": ErrorEntry;
    "vm.running": ErrorEntry;
    "vm.delete-running": ErrorEntry;
    "vm.busy": ErrorEntry;
    "vm.boot-failed": ErrorEntry;
    "vm.bad-name": ErrorEntry;
    "driver.not-found": ErrorEntry;
    "driver.unusable": ErrorEntry;
    "driver.mismatch": ErrorEntry;
    "driver.kernel": ErrorEntry;
    "network.conflict": ErrorEntry;
    "network.full": ErrorEntry;
    "network.no-tap": ErrorEntry;
    "network.service-failed": ErrorEntry;
    "vmm.refused": ErrorEntry;
    "forward.unavailable": ErrorEntry;
    "port.in-use": ErrorEntry;
    "kernel.not-found": ErrorEntry;
    "kernel.exists": ErrorEntry;
    "kernel.in-use": ErrorEntry;
    "kernel.invalid": ErrorEntry;
    "kernel.none": ErrorEntry;
    "kernel.download-failed": ErrorEntry;
    "catalog.invalid": ErrorEntry;
    "image.not-found": ErrorEntry;
    "image.exists": ErrorEntry;
    "image.in-use": ErrorEntry;
    "image.interrupted": ErrorEntry;
    "image.none": ErrorEntry;
    "image.no-source": ErrorEntry;
    "image.option": ErrorEntry;
    "image.reference": ErrorEntry;
    "image.not-cached": ErrorEntry;
    "image.platform": ErrorEntry;
    "image.invalid": ErrorEntry;
    "image.refused": ErrorEntry;
    "registry.unauthorized": ErrorEntry;
    "registry.not-found": ErrorEntry;
    "registry.failed": ErrorEntry;
    "registry.untrusted": ErrorEntry;
    "blob.corrupt": ErrorEntry;
    "plugin.broken": ErrorEntry;
    "plugin.failed": ErrorEntry;
    "plugin.duplicate": ErrorEntry;
    "plugin.twice": ErrorEntry;
    "plugin.hung": ErrorEntry;
    "plugin.list": ErrorEntry;
    "plugin.range": ErrorEntry;
    "plugin.node": ErrorEntry;
    "plugin.peer": ErrorEntry;
    "plugin.none": ErrorEntry;
    "plugin.bundled": ErrorEntry;
    "plugin.no-source": ErrorEntry;
    "plugin.not-found": ErrorEntry;
    "plugin.no-version": ErrorEntry;
    "plugin.unreachable": ErrorEntry;
    "plugin.unreadable": ErrorEntry;
    "plugin.npm-failed": ErrorEntry;
    "plugin.not-a-plugin": ErrorEntry;
    "plugin.changed": ErrorEntry;
    "plugin.busy": ErrorEntry;
    "daemon.not-running": ErrorEntry;
    "daemon.start-failed": ErrorEntry;
    "daemon.already-running": ErrorEntry;
    "daemon.lost": ErrorEntry;
    "store.newer": ErrorEntry;
    "state.unwritable": ErrorEntry;
    "disk.full": ErrorEntry;
    "config.invalid": ErrorEntry;
    "config.unknown-key": ErrorEntry;
    internal: ErrorEntry;
    usage: ErrorEntry;
    "not-supported": ErrorEntry;
    aborted: ErrorEntry;
    interrupted: ErrorEntry;
};

/** A code of banger's own errors: docs/errors.md lists them. */
type ErrorCode = keyof typeof catalogue;
/** What crosses process borders: the daemon's answer body, the agent's, `--json` output. */
interface ErrorBody {
    code: string;
    message: string;
    hint?: string;
}
/** What an error is made of. A plugin's own code begins with its short name: `image-oci.…`. */
interface BangerErrorInit extends ErrorBody {
    /** HTTP status of the daemon's answer; 500 unless told. */
    status?: number;
    cause?: unknown;
}
/** An error that says what is wrong and what to do next. Other copies of core have a class of their own: compare by `isError`. */
declare class BangerError extends Error {
    readonly code: string;
    readonly hint: string | undefined;
    readonly status: number;
    constructor(init: BangerErrorInit);
    /** What is sent and printed of it: neither its cause nor its stack. */
    toJSON(): ErrorBody;
}
/**
 * Makes an error of the catalogue.
 * @param code one of the catalogue's codes
 * @param params what fills the `{…}` places of its message and hint
 * @param cause the error underneath, kept for logs
 */
declare function fail(code: ErrorCode, params?: Record<string, string | number>, cause?: unknown): BangerError;
/** Whether `error` is of this code, also when another copy of core made it. */
declare function isError(error: unknown, code?: ErrorCode): error is BangerError;
/** Any thrown value as an error of the catalogue; unknown ones become `internal`, ENOSPC `disk.full`. */
declare function toBangerError(error: unknown): BangerError;

/** One thing that `banger doctor` has looked at. */
interface DoctorCheck {
    /** Stable: `qemu`, `kvm`, `plugin:@banger/plugin-vmm-qemu`. */
    id: string;
    status: 'ok' | 'warning' | 'error';
    /** One line: what was found. */
    message: string;
    /** What to do about it. */
    advice?: string;
}
/** Handed to every `doctor` tap, which adds what it finds. */
interface DoctorReport {
    /** Adds a check; `error` makes `banger doctor` exit with 1. */
    add(check: DoctorCheck): void;
}

/** One step of a long operation, for a person: shown live on a terminal, as a line elsewhere. */
interface ProgressEvent {
    /** Stable within the operation; a later event with the same id replaces the line. */
    id: string;
    /** `Downloading linux-image-6.1.0-32-cloud-amd64` */
    message: string;
    state: 'running' | 'done' | 'failed';
    /** Bytes or items so far, and in all where known. */
    current?: number;
    total?: number;
    unit?: 'bytes' | 'items';
}
/** Takes what a long operation tells of its steps. Returns at once and never throws. */
type Progress = (event: ProgressEvent) => void;

/** What an image says about running it (a subset of the OCI image config). */
interface ImageConfig {
    /** `KEY=value` */
    env?: string[];
    user?: string;
    workingDir?: string;
    entrypoint?: string[];
    cmd?: string[];
    labels?: Record<string, string>;
}
/** What a user may ask of a source beside the reference. A source says in `takes` which of it it understands. */
interface PullOptions {
    /** `os/architecture[/variant]`, named as in the OCI image specification: `linux/amd64`. */
    platform?: string;
    /** Speak plain HTTP, or TLS with a certificate that nobody checks, with the server that the reference names. */
    insecure?: boolean;
    /** Ask nobody: take what is cached from an earlier time. */
    offline?: boolean;
}
/** An image that a source has found. */
interface ResolvedImage {
    /** Says what the content is: same digest, same rootfs. `sha256:…`, or any stable text of the source's. */
    digest: string;
    /** The reference in full, where the user's was short: `docker.io/library/debian:bookworm`. */
    ref?: string;
    /** What it is made for, where its source knows: `linux/amd64`. */
    platform?: string;
    /** A name for the image when the user gives none: `debian-bookworm`. */
    name: string;
    config: ImageConfig;
    /** Bytes of all layers, unpacked; an estimate, for progress. */
    size?: number;
    /** A root filesystem that is ready: absolute path of an ext4 file, used where it lies in place of layers. */
    rootfs?: string;
    /** Whether its layers may have absolute paths, which count from the root then. Core refuses them otherwise. */
    absolutePaths?: boolean;
    /** Files in the cache folder that it is made of and that another pull would use again: absolute paths. */
    cached?: string[];
    /** Uncompressed tar streams, lowest layer first. Each is read to its end before the next is asked for. */
    layers(options: {
        signal: AbortSignal;
        progress: Progress;
    }): AsyncIterable<Readable>;
}
/** How a reference is looked up. */
interface ResolveOptions extends PullOptions {
    signal: AbortSignal;
    progress: Progress;
    /** Whether the user named this source by its scheme; else the reference may be any source's. */
    named?: boolean;
}
/** An image source yields layers; core turns layers into a rootfs. */
interface ImageSource {
    /** `debian` serves `debian:bookworm`. */
    readonly scheme: string;
    /** One line for help and errors: `debian:<suite>, bootstrapped from the host's Debian mirror`. */
    readonly summary: string;
    /** The options that `resolve` understands; it gets no others. Asked for another one, core refuses it for this source. */
    readonly takes?: readonly (keyof PullOptions)[];
    /** A whole reference (`debian:bookworm`) to fetch when nothing is registered yet; the alphabetically first scheme that has one wins. */
    defaultRef?(): Promise<string | undefined>;
    /**
     * Every file that it keeps in the cache folder and that nobody is writing, whether an image needs it or not: absolute paths. Asked while no
     * `resolve` is under way. Those that no image and no pull under way names in `cached` may be removed.
     */
    cachedFiles?(): Promise<string[]>;
    /**
     * @param ref the reference without its scheme: `bookworm`
     * @returns undefined when the reference is not of this source
     */
    resolve(ref: string, options: ResolveOptions): Promise<ResolvedImage | undefined>;
}

/** A kernel that a source can pull. */
interface AvailableKernel {
    /** `generic-6.1` */
    name: string;
    /** The source's version text: `6.1.0-32-cloud-amd64`. */
    version: string;
    /** `x64` or `arm64`, as in process.arch. */
    arch: string;
    summary: string;
    /** Download size in bytes, where known. */
    size?: number;
    /** The one to take when nobody chose. */
    default?: boolean;
}
/** Files of a pulled kernel, in a folder that the caller owns and will delete. */
interface KernelFiles {
    /** A vmlinux (ELF) or bzImage; core unpacks it. */
    kernel: string;
    /** A folder that holds `<release>/modules.dep` and the modules (a `/lib/modules`), if the kernel has any. */
    modules?: string;
    /** The kernel's build configuration (`CONFIG_…` lines), if known. */
    config?: string;
    /** An initrd to use in place of banger's. */
    initrd?: string;
}
/** Where kernels come from. */
interface KernelSource {
    readonly name: string;
    /** May be slow and may fail without harm: other sources still list theirs. */
    available(options: {
        signal: AbortSignal;
        progress: Progress;
    }): Promise<AvailableKernel[]>;
    /**
     * @param options.dir an empty folder to put files in
     * @returns undefined when the name is not of this source
     */
    pull(name: string, options: {
        dir: string;
        signal: AbortSignal;
        progress: Progress;
    }): Promise<KernelFiles | undefined>;
}

/** `hostPort` on `hostAddress` leads to `guestPort` of the VM. TCP. */
interface PublishedPort {
    hostAddress: string;
    /** 0 = choose a free one */
    hostPort: number;
    guestPort: number;
}
/** How the guest sees its network interface. */
interface GuestInterface {
    /** `52:54:00:…` */
    mac: string;
    /** CIDR notation: `10.0.2.15/24` */
    address: string;
    gateway?: string;
    dns: string[];
    /** Domains that complete a name without dots. */
    search?: string[];
}
/** What a VM is plugged into. JSON; kept in the store while the VM runs. */
type Attachment = 
/** The VMM carries the traffic itself, without privileges. */
{
    kind: 'user';
    guest: GuestInterface;
    publish: PublishedPort[];
}
/** A tap device on the host. */
 | {
    kind: 'tap';
    device: string;
    guest: GuestInterface;
    publish: PublishedPort[];
};
/** The VM that is to be plugged in. */
interface NetworkRequest {
    vmId: string;
    vmName: string;
    /** Requested ports; hostPort 0 is resolved by the driver. */
    publish: PublishedPort[];
    /** Number of the user that opens the tap; the one that this process runs as when missing. */
    owner?: number;
}
/**
 * What VMs are plugged into. Nothing it does for one VM may disturb another.
 * @experimental may change in a minor version, with what it is made of
 */
interface NetworkDriver {
    readonly name: string;
    /** The kind of attachment it gives. */
    readonly gives: Attachment['kind'];
    /** Whether it works on this host, which it leaves as it is. */
    probe(): Promise<{
        usable: boolean;
        detail: string;
        advice?: string;
    }>;
    /** @throws port.in-use, driver.unusable; nothing is left behind then */
    attach(request: NetworkRequest): Promise<Attachment>;
    /** Unplugs the VM; what is its own as long as it exists, it keeps. Idempotent; also right for a VM that was attached by half. */
    release(vmId: string): Promise<void>;
    /** The VM is deleted: lets go of all that was its own. Released before. Idempotent. */
    forget?(vmId: string): Promise<void>;
    /**
     * After a daemon start: these VMs run; whatever else this driver still holds is let go.
     * @param existing ids of all VMs of this network, stopped ones too
     */
    reconcile(running: {
        vmId: string;
        attachment: Attachment;
    }[], existing: ReadonlySet<string>): Promise<void>;
}

/** A command run in the guest without a shell. */
interface GuestCommand {
    argv: string[];
    env?: Record<string, string>;
}
/** A file to write in the guest, atomically, at every start. A file or link at its path is replaced. */
interface GuestFile {
    /** Absolute. */
    path: string;
    /** base64 */
    content: string;
    /** `0o600` */
    mode: number;
    uid?: number;
    gid?: number;
    /** Mode of folders that are missing on the way: `0o700`. Default 0o755. */
    folderMode?: number;
    /**
     * Who gives it: the plugin's name. The file is removed from the guest at the first start at which nobody gives it any more;
     * one without an owner stays for good.
     */
    owner?: string;
}
/** A program that the agent keeps running. */
interface GuestService {
    name: string;
    argv: string[];
    env?: Record<string, string>;
    cwd?: string;
    restart: 'always' | 'on-failure' | 'no';
    /** Name of a first-boot step: the service does not start before that is done. */
    after?: string;
}
/** Commands that run once in a VM's life, in the background, after the guest is ready. */
interface FirstBootStep {
    /** Unique; a step whose name is recorded as done on the VM's disk does not run again. */
    name: string;
    commands: GuestCommand[];
    /** Absolute path in the guest. Where it is there, the step is done without running. */
    creates?: string;
    /** Why this guest has no commands for it: the step counts as failed, for this reason. */
    impossible?: string;
}
/**
 * What the agent is told at every start, in one idempotent call (PUT /v1/configure).
 * Mirrored by `agent/configure`; both sides test the messages in agent/testdata.
 */
interface GuestConfig {
    hostname: string;
    interfaces: GuestInterface[];
    /** Lines for /etc/hosts besides localhost and the VM's own. */
    hosts: {
        address: string;
        names: string[];
    }[];
    /** OpenSSH public keys that may log in as root. */
    authorizedKeys: string[];
    /** The guest's own OpenSSH host key pair (OpenSSH private key format). */
    sshHostKeys: {
        type: 'ed25519';
        privateKey: string;
        publicKey: string;
    }[];
    files: GuestFile[];
    /** Default environment of everything the agent runs. */
    environment: Record<string, string>;
    /** Default working directory of exec; `/root` when missing or absent in the guest. */
    workingDir?: string;
    services: GuestService[];
    firstBoot: FirstBootStep[];
    /** Milliseconds since 1970: the guest's clock is set to it. */
    clock: number;
    /** Mixed into the guest's entropy pool. base64, 32 bytes. */
    entropy: string;
    /** 32 hexadecimal digits; the same for the whole life of a VM. */
    machineId: string;
}

/** The fields of /etc/os-release that banger uses. */
interface OsRelease {
    id: string;
    idLike: string[];
    versionId?: string;
    prettyName?: string;
}
/** A program to keep running in the guest. */
interface ServiceUnit {
    name: string;
    description: string;
    argv: string[];
    env?: Record<string, string>;
    cwd?: string;
}
/** Facts about a family of guests. */
interface Distro {
    readonly id: string;
    /** Whether a guest is of this family, by its `id`, then by what that is like (`idLike`). */
    matches(os: OsRelease): boolean;
    readonly initSystem: 'systemd' | 'openrc' | 'runit' | 'none';
    readonly packages: {
        /**
         * Commands that install packages by name, run in the guest as root. They must work, too, where an earlier run was cut off in
         * the middle, and beside whatever the guest's user does.
         */
        install(names: string[]): GuestCommand[];
        /** The distribution's name for a package that banger asks for: `openssh-server`. */
        nameOf(generic: 'openssh-server' | 'git' | 'ca-certificates' | 'curl'): string;
    };
    /** Commands that have the init system run the sshd that was installed, now and from every boot on; run in the guest as root. */
    readonly enableSshd: GuestCommand[];
    /** Files that make the init system run a service from boot on. */
    service(unit: ServiceUnit): GuestFile[];
}

/** What a VMM can do; core asks for these, never for a VMM's name. */
type Feature = 'pause' | 'snapshot' | 'balloon'
/** guest RAM may come from a private mapping of a file, so that one snapshot serves many clones */
 | 'clone';
/** What a guest's kernel must be able to do for a VMM. */
type KernelNeed = 'virtioPci' | 'virtioMmio' | 'vsock';
/** Whether a driver works on this host, and what to do when it does not. */
interface Probe {
    usable: boolean;
    /** One line for `doctor` and `vm show`: `QEMU 7.2.22, software emulation (no KVM)`. */
    detail: string;
    /** How guests run: `kvm`, `tcg`, … */
    acceleration?: string;
    version?: string;
    /** What to do when not usable, or to become faster. */
    advice?: string;
}
/** A disk of the VM; the guest sees them in this order as vda, vdb, … */
interface Drive {
    id: 'root' | 'overlay' | 'modules' | 'work';
    /** Absolute path of a raw image. */
    path: string;
    readOnly: boolean;
}
/** Everything a VMM needs to start one machine. Core makes it, drivers only read it. */
interface MachineSpec {
    /** Unique and stable: `[a-z0-9]{12}`. */
    id: string;
    name: string;
    /** Folder of this VM; the driver's sockets, pid files and logs go to `<dir>/`. */
    dir: string;
    vcpus: number;
    /** MiB */
    memory: number;
    kernel: {
        /** Absolute path of an uncompressed ELF vmlinux. */
        path: string;
        /** What the guest's init needs to know; the driver adds console and bus arguments of its own. */
        cmdline: string[];
    };
    /** Absolute path of the initrd; without one the kernel mounts the root itself. */
    initrd?: string;
    drives: Drive[];
    attachment?: Attachment;
    /** Absolute path of the file that gets the serial console's output (append). */
    consoleLog: string;
}
/** JSON; kept in the store so that a restarted daemon can adopt the machine. */
interface MachineState {
    pid: number;
    /** Field 22 of /proc/<pid>/stat (clock ticks since boot): tells a reused pid apart. */
    startTime: number;
    [key: string]: unknown;
}
/** How a machine ended. */
interface Exit {
    /** `stale`: nobody used it, and banger stopped it. */
    reason: 'guest-poweroff' | 'guest-reboot' | 'guest-panic' | 'killed' | 'vmm-failed' | 'unknown' | 'stale';
    /** One line a person understands. */
    detail: string;
    code?: number;
    signal?: string;
}
/** A running machine. Dropping it (daemon exit) leaves the VMM running. */
interface Machine {
    readonly state: MachineState;
    /**
     * Opens the guest channel: a byte stream to the agent's HTTP/2 server, preamble done.
     * One attempt; rejects when the agent is not there yet. The caller retries.
     */
    connect(signal?: AbortSignal): Promise<Duplex>;
    /** Presses the power button; resolves when asked, not when off. For guests whose agent does not answer. */
    shutdown(): Promise<void>;
    /** Ends the VMM process at once; resolves when it is gone. Idempotent. */
    kill(): Promise<void>;
    /** Settles once, when the VMM process is gone for whatever reason. Never rejects. */
    readonly exited: Promise<Exit>;
    /** Stops the guest where it is. There with the feature `pause`. */
    pause?(): Promise<void>;
    /** Lets a paused guest go on. */
    resume?(): Promise<void>;
}
/**
 * What runs VMs.
 * @experimental may change in a minor version, with what it is made of
 */
interface VmmDriver {
    readonly name: string;
    /** Of several that work, `auto` takes the one with the largest number. */
    readonly preference: number;
    readonly features: ReadonlySet<Feature>;
    readonly kernelNeeds: ReadonlySet<KernelNeed>;
    /** The kinds of network attachment it takes; the one it likes best when nobody chose comes first. */
    readonly attachments: ReadonlySet<Attachment['kind']>;
    /** Number of the user that a VM's VMM runs as, where that is not this process's. */
    userOf?(vmId: string): number;
    /** Whether it works on this host, which it leaves as it is. */
    probe(): Promise<Probe>;
    /**
     * Starts the VMM detached (it outlives the daemon) and resolves when its process runs.
     * @param onSpawn called with the state as soon as the process exists, before anything else can fail
     * @throws tool.missing, driver.unusable, vm.boot-failed; nothing is left behind then
     */
    start(spec: MachineSpec, onSpawn: (state: MachineState) => void): Promise<Machine>;
    /** The machine of an earlier daemon, or undefined when its process is gone. */
    adopt(state: MachineState, spec: Pick<MachineSpec, 'id' | 'name' | 'dir'>): Promise<Machine | undefined>;
    /** Ends every process of this driver that belongs to the machine, also one no state was kept of. Idempotent. */
    sweep(spec: Pick<MachineSpec, 'id' | 'dir'>): Promise<void>;
}

/** The model as the daemon's API shows it. JSON only; times in milliseconds since 1970. */

/** What a kernel's build configuration allows. */
interface KernelFeatures {
    overlayfs: boolean;
    ext4: boolean;
    virtioPci: boolean;
    virtioMmio: boolean;
    vsock: boolean;
}
/** A kernel that is here. */
interface Kernel {
    name: string;
    /** `uname -r` of it, where known: `6.1.0-32-cloud-amd64`. */
    release?: string;
    arch: string;
    /** Where it came from: `source distribution`, `file /boot/vmlinuz`. */
    origin: string;
    /** sha256 of the vmlinux: `sha256:…`. */
    digest: string;
    features: KernelFeatures;
    /** Absolute paths. */
    files: {
        vmlinux: string;
        /** Folder with `<release>/modules.dep` and the modules that the initrd takes; all modules are in `modulesImage` alone. */
        modules?: string;
        /** ext4 image of `/lib/modules/<release>`, mounted in the guest. */
        modulesImage?: string;
        initrd?: string;
        config?: string;
    };
    /** Bytes on disk. */
    size: number;
    createdAt: number;
}
/** An image that is here: a root filesystem, read-only, and how to run it. */
interface Image {
    name: string;
    /** The reference that it came from, in full: `debian:bookworm`, `docker.io/library/debian:bookworm`, `file:/srv/rootfs.ext4`. */
    source: string;
    digest: string;
    /** What it is made for, where its source said so: `linux/amd64`. */
    platform?: string;
    /** Whether banger owns the rootfs file (and deletes it with the image). */
    managed: boolean;
    /** Absolute paths. */
    files: {
        rootfs: string;
        workSeed?: string;
    };
    /** Name of the kernel it boots with. Unset: the default kernel. */
    kernel?: string;
    config: ImageConfig;
    os?: OsRelease;
    /** Path of its init, or '' when it has none. */
    init: string;
    /** Files in the cache that it was made of and that another pull would use again: absolute paths. It works without them. */
    cached?: string[];
    /** Bytes on disk of its own files. */
    size: number;
    createdAt: number;
}
/** An image as it is listed. */
interface ImageEntry extends Image {
    /** Bytes on disk of what the cache keeps of it. */
    cachedSize: number;
    /** Bytes of those that the cache keeps for other images, too: what `image prune` would not free after it is deleted. */
    sharedSize: number;
}
/** Where in its life a VM is. */
type VmState = 'creating' | 'stopped' | 'starting' | 'running' | 'stopping' | 'deleting';
/** A VM as the store keeps it. */
interface Vm {
    id: string;
    name: string;
    state: VmState;
    image: string;
    kernel: string;
    vmm: string;
    network: string;
    vcpus: number;
    /** MiB */
    memory: number;
    /** MiB */
    disk: number;
    publish: PublishedPort[];
    /** Removed when its first command ends. */
    ephemeral: boolean;
    createdAt: number;
    startedAt?: number;
    /** How it last stopped. */
    exit?: Exit;
    /** What went wrong without keeping the VM from working. */
    warnings: string[];
    /** While it runs. */
    attachment?: Attachment;
    machine?: MachineState;
    /** Absolute path of the console's log. */
    consoleLog: string;
}
/** What a running VM used when it was last looked at. `at` in milliseconds since 1970. */
interface VmUsage {
    /** By its guest's account. KiB; `cpus`: how many were busy since the look before. */
    guest?: {
        at: number;
        cpus?: number;
        memory: {
            used: number;
            total: number;
        };
        disk: {
            used: number;
            total: number;
        };
    };
    /** What its VMM takes of this host. KiB of memory, and of disk for what the VM has written. */
    host?: {
        at: number;
        cpus?: number;
        memory: number;
        disk: number;
    };
}
/** A VM as the API shows it. */
interface VmEntry extends Vm {
    usage?: VmUsage;
    /** Since when nobody has used it, in milliseconds since 1970. Missing while somebody does. */
    idleSince?: number;
    /** When it is stopped unless somebody uses it: `auto_stop_stale_after`. */
    stopsAt?: number;
}
/** A plugin as the daemon found it. */
interface PluginInfo {
    /** The package's name. */
    name: string;
    version: string;
    /** Part of banger, installed by the user, or linked by the user from a folder. */
    origin: 'bundled' | 'installed' | 'linked';
    /** `failed`: it could not be loaded, and adds nothing. */
    status: 'ok' | 'failed';
    /** Why it could not be loaded: a sentence that names the plugin, and what to do about it. */
    reason?: string;
    hint?: string;
    /** What failed since it was loaded, the last of it. `at` in milliseconds since 1970. */
    failures: (ErrorBody & {
        at: number;
    })[];
    adds: PluginAdditions;
}
/** What a plugin adds to the daemon. Names are sorted. */
interface PluginAdditions {
    vmms: string[];
    networks: string[];
    /** Their schemes. */
    imageSources: string[];
    kernelSources: string[];
    /** Their ids. */
    distros: string[];
    /** The other hooks that it taps: `provision`, `doctor`, `daemon`, `events`. */
    hooks: string[];
    /** Keys of the configuration that are its own, as they are written there: `plugins.network-bridge.isolate`, `cidr`. */
    settings: string[];
}
/** What the daemon says of itself. */
interface DaemonInfo {
    version: string;
    pid: number;
    startedAt: number;
    socket: string;
    log: string;
    dirs: {
        config: string;
        state: string;
        cache: string;
        data: string;
    };
    /** The plugins it runs, and those it could not load. */
    plugins: PluginInfo[];
    /** There when it starts anew by itself: once these things that it does for somebody have ended. */
    restartsAfter?: string[];
    vms: {
        running: number;
        total: number;
    };
}
/** What a daemon says that is asked to start anew. */
interface RestartAnswer {
    pid: number;
    /** What it waits for before it does, for people: `exec in devbox`. */
    waitsFor: string[];
}

/**
 * The daemon's API: HTTP/1.1 over its unix socket. Bodies and answers are JSON; the types are below.
 *
 * Every answer has a header `banger-version`, the daemon's version.
 *
 * Long operations answer `application/x-ndjson`: `OperationLine`s, the last of them `result` or `error`. Closing the
 * connection aborts an operation that can be undone (create, start, pull, register, import).
 *
 * | request | body → answer |
 * | --- | --- |
 * | GET /v1/info | → DaemonInfo |
 * | POST /v1/daemon/stop | → {} ; VMs keep running |
 * | GET /v1/doctor | → DoctorCheck[] |
 * | GET /v1/vms, GET /v1/vms/:vm | → VmEntry[], VmEntry |
 * | POST /v1/vms | CreateVm ⇒ operation Vm |
 * | POST /v1/vms/:vm/start, /stop, /kill | ⇒ operation Vm |
 * | DELETE /v1/vms/:vm | ⇒ operation {} ; vm.delete-running unless stopped or `?force=true` |
 * | GET /v1/vms/:vm/ports, /stats, /health | → ListeningPort[], GuestStats, Health |
 * | GET /v1/vms/:vm/log?name= | → text; `first-boot-<step>` or a service's name; `&lines=n`, `&follow=true` |
 * | GET /v1/vms/:vm/ssh | → SshAccess |
 * | GET /v1/vms/:vm/stat?path= | → FileStat ; guest.bad-path where nothing is |
 * | GET /v1/vms/:vm/files?path= | → tar of the file or folder, names relative to its parent |
 * | PUT /v1/vms/:vm/files?path= | tar, unpacked below the folder → FilesAnswer |
 * | PUT /v1/vms/:vm/file?path= | the bytes of a file, which appears when it is whole → FilesAnswer |
 * | POST /v1/vms/:vm/exec | upgrade `stdio_mux_v1` ↔ frames |
 * | POST /v1/vms/:vm/dial?port= | upgrade `tcp` ↔ bytes |
 * | GET /v1/vms/:vm/sessions | → Session[], those that are over, too |
 * | POST /v1/vms/:vm/sessions | StartSession → Session |
 * | GET /v1/vms/:vm/sessions/:session | → Session |
 * | POST /v1/vms/:vm/sessions/:session/stop, /kill | → Session, once it has ended |
 * | DELETE /v1/vms/:vm/sessions/:session | → {} ; session.running unless it has ended or `?force=true` |
 * | GET /v1/vms/:vm/sessions/:session/output?from=&follow= | → stdio_mux_v1 frames of its output from a position on |
 * | POST /v1/workspaces/check | WorkspaceSource → {"source"}; refuses what no workspace can be made of |
 * | POST /v1/vms/:vm/workspace/prepare | PrepareWorkspace ⇒ operation PreparedWorkspace |
 * | POST /v1/vms/:vm/workspace/diff | DiffWorkspace ⇒ operation WorkspaceDiff |
 * | POST /v1/vms/:vm/workspace/pull | PullWorkspace ⇒ operation PulledWorkspace |
 * | GET /v1/images, GET /v1/images/:image, DELETE | → ImageEntry[], ImageEntry, {} |
 * | POST /v1/images | AddImage ⇒ operation Image |
 * | POST /v1/images/prune | PruneImages ⇒ operation PrunedImages |
 * | GET /v1/kernels, GET /v1/kernels/:kernel, DELETE | → Kernel[], Kernel, {} |
 * | GET /v1/kernels/available | ⇒ operation AvailableKernelEntry[] |
 * | POST /v1/kernels/pull | PullKernel ⇒ operation Kernel |
 * | POST /v1/kernels/import | ImportKernel ⇒ operation Kernel |
 */

interface CreateVm {
    /** Made up when missing. */
    name?: string;
    /** Default: `default_image_name`; with nothing registered, the default image is fetched. */
    image?: string;
    vcpus?: number;
    /** MiB */
    memory?: number;
    /** MiB */
    disk?: number;
    network?: string;
    vmm?: string;
    publish?: PublishedPort[];
    /** Default true. */
    start?: boolean;
    ephemeral?: boolean;
}
/**
 * An image to add: from a source (`debian:bookworm`), or from local files (`file:/abs/rootfs.ext4`, a folder or a tar).
 * Paths are absolute.
 */
interface AddImage extends PullOptions {
    ref: string;
    /** Default: what the source proposes. */
    name?: string;
    /** Name of a registered kernel. Without it and without `kernel`: the default kernel at the time of use. */
    kernelRef?: string;
    /** Files of a kernel, imported under the image's name. */
    kernel?: KernelPaths;
    /** ext4 image whose copy becomes each VM's disk at /root. */
    workSeed?: string;
}
/** Frees what nothing uses: files of the cache and old initrds. */
interface PruneImages {
    /** Also images that no VM uses. */
    all?: boolean;
    /** Only say what would go. */
    dryRun?: boolean;
}
/** What was freed, or would be. */
interface PrunedImages {
    dryRun: boolean;
    /** Images that were deleted. */
    images: ImageEntry[];
    /** Images that no VM uses and that were left, since `all` was not asked. */
    unused: ImageEntry[];
    /** What went of the cache. */
    cache: PrunedFiles;
    initrds: PrunedFiles;
    /** Bytes on disk, in all. */
    freed: number;
}
/** Files that were removed. */
interface PrunedFiles {
    files: number;
    /** Bytes on disk. */
    size: number;
}
/** Absolute paths. */
interface KernelPaths {
    kernel: string;
    /** A `/lib/modules/<release>` folder, or the `/lib/modules` above it. */
    modules?: string;
    initrd?: string;
    config?: string;
}
/** A kernel to pull from the first source that has it. */
interface PullKernel {
    name: string;
}
/** A kernel to import from files of this host. */
interface ImportKernel extends KernelPaths {
    name: string;
}
/** A kernel that can be pulled, as it is listed. */
interface AvailableKernelEntry extends AvailableKernel {
    source: string;
    /** Whether it is here already. */
    pulled: boolean;
}
/** How ssh reaches a guest. */
interface SshAccess {
    user: string;
    /** Absolute path of the private key. */
    identityFile: string;
    /** Absolute path of a known_hosts file that holds the guest's key under `hostKeyAlias`. */
    knownHostsFile: string;
    hostKeyAlias: string;
    /** `ssh-ed25519 AAAA…`: the guest's host key. */
    hostKey: string;
}

/** How a program is run. */
interface RunOptions {
    cwd?: string;
    /** Added to this process's own; undefined takes a variable away. */
    env?: Record<string, string | undefined>;
    /** Written to the program's stdin, which is closed then. */
    input?: string | Uint8Array;
    signal?: AbortSignal;
    /** Milliseconds; none unless told. */
    timeout?: number;
    /** Exit codes that are no failure besides 0. */
    allow?: number[];
    /** Gets each line of stderr as it comes. */
    onStderrLine?: (line: string) => void;
}
/** How a program ended, and what it wrote: as UTF-8 text. */
interface RunResult {
    code: number;
    stdout: string;
    stderr: string;
}
/** A program whose stdout is read as it comes. `done` rejects when the program fails. */
interface Streaming {
    stdout: Readable;
    done: Promise<void>;
}
/** A program that outlives the daemon. */
interface DetachedProcess {
    pid: number;
    /** Settles when the process ends while this daemon lives. */
    exited: Promise<{
        code: number | null;
        signal: NodeJS.Signals | null;
    }>;
}
/** The daemon's log. Fields are for searching (`{ vm, err }`), the message for people. */
interface Log {
    /** What only somebody who looks for a fault wants to know; not written unless `log_level` says so. */
    debug(fields: Record<string, unknown>, message: string): void;
    /** What has happened, as it should. */
    info(fields: Record<string, unknown>, message: string): void;
    /** What is not as it should be, and keeps nothing from working. */
    warn(fields: Record<string, unknown>, message: string): void;
    /** What has failed. */
    error(fields: Record<string, unknown>, message: string): void;
}
/** The machine that banger runs on, as plugins see it. Tests hand in a fake. */
interface Host {
    log: Log;
    /** Runs a program to its end. @throws tool.missing when it is not installed, tool.failed on a bad exit */
    run(program: string, args: string[], options?: RunOptions): Promise<RunResult>;
    /** Starts a program and streams its stdout. @throws as `run` */
    stream(program: string, args: string[], options?: RunOptions): Streaming;
    /** Starts a program in a session of its own, so that it outlives the daemon; stdout and stderr go to `logFile`. */
    detach(program: string, args: string[], options: {
        cwd: string;
        logFile: string;
        env?: Record<string, string>;
    }): Promise<DetachedProcess>;
    /** Absolute path of a program, or undefined. Looks in PATH, then in /usr/sbin and /sbin. */
    which(program: string): Promise<string | undefined>;
    /** Folders of this user. */
    dirs: {
        config: string;
        state: string;
        cache: string;
        data: string;
        runtime: string;
    };
    /** `x64` or `arm64`, as in process.arch. */
    arch: string;
    /** A plugin's own configuration table (`[plugins.<name>]`), unvalidated. */
    config(plugin: string): Record<string, unknown>;
}

export { BangerError, fail, isError, toBangerError };
export type { AddImage, Attachment, AvailableKernel, AvailableKernelEntry, BangerErrorInit, CreateVm, DaemonInfo, DetachedProcess, Distro, DoctorCheck, DoctorReport, Drive, ErrorBody, ErrorCode, ErrorEntry, Exit, Feature, FirstBootStep, GuestCommand, GuestConfig, GuestFile, GuestInterface, GuestService, Host, Image, ImageConfig, ImageEntry, ImageSource, ImportKernel, Kernel, KernelFeatures, KernelFiles, KernelNeed, KernelPaths, KernelSource, Log, Machine, MachineSpec, MachineState, NetworkDriver, NetworkRequest, OsRelease, PluginAdditions, PluginInfo, Probe, Progress, ProgressEvent, PruneImages, PrunedFiles, PrunedImages, PublishedPort, PullKernel, PullOptions, ResolveOptions, ResolvedImage, RestartAnswer, RunOptions, RunResult, ServiceUnit, SshAccess, Streaming, Vm, VmEntry, VmState, VmUsage, VmmDriver };
