import { Host, PublishedPort, OsRelease, ImageConfig, Distro, GuestConfig, VmmDriver, NetworkDriver, ImageSource, KernelSource, DoctorReport, Machine, DetachedProcess, MachineState, MachineSpec, Streaming } from './shared.js';
export { AddImage, Attachment, AvailableKernel, AvailableKernelEntry, BangerError, BangerErrorInit, DaemonInfo, DoctorCheck, Drive, ErrorBody, ErrorCode, ErrorEntry, Exit, Feature, FirstBootStep, GuestCommand, GuestFile, GuestInterface, GuestService, Image, ImportKernel, Kernel, KernelFeatures, KernelFiles, KernelNeed, KernelPaths, Log, NetworkRequest, Probe, Progress, ProgressEvent, PullKernel, PullOptions, ResolveOptions, ResolvedImage, RunOptions, RunResult, ServiceUnit, fail, isError, toBangerError } from './shared.js';
import { Duplex, Readable } from 'node:stream';
import { SyncHook, AsyncSeriesHook, AsyncParallelHook } from 'tapable';
import { Socket } from 'node:net';

/**
 * What validates a plugin's settings: the part of a Standard Schema (https://standardschema.dev) that banger uses. zod, valibot,
 * arktype and others make such.
 */
interface SettingsSchema<Settings = unknown> {
    readonly '~standard': {
        readonly version: 1;
        readonly vendor: string;
        validate(value: unknown): SettingsResult<Settings> | Promise<SettingsResult<Settings>>;
    };
}
/** What a schema made of a table, or what is wrong with it. */
type SettingsResult<Settings> = {
    readonly value: Settings;
    readonly issues?: undefined;
} | {
    readonly issues: readonly SettingsIssue[];
};
/** One thing that is wrong with a table. The first is told to the user. */
interface SettingsIssue {
    readonly message: string;
    readonly path?: readonly (PropertyKey | {
        readonly key: PropertyKey;
    })[] | undefined;
}
/** A plugin's own configuration: the table `[plugins.<short name>]`, read once, when the daemon starts. */
interface SettingsDeclaration<Settings = unknown> {
    /** Gets the table, an empty one where there is none, and returns what `apply` is handed. */
    schema: SettingsSchema<Settings>;
    /** One line for each key of the table. A key without a line is unknown, and refused. */
    summaries: Readonly<Record<string, string>>;
}

/**
 * What the configuration says to a plugin: its table, and the top-level keys that are its own, as the plugin's schema reads them.
 * @param plugin the package's name, or its short one: `@banger/plugin-network-bridge`, `network-bridge`
 * @throws config.unknown-key, config.invalid, naming the key
 */
declare function readSettings<Settings>(host: Pick<Host, 'config' | 'dirs'>, plugin: string, { schema, summaries }: SettingsDeclaration<Settings>): Settings;

/**
 * Why a host port could not be opened, in words.
 * @param error the system's: EADDRINUSE, EACCES, …
 */
declare function refusedPort({ hostAddress, hostPort, guestPort }: PublishedPort, error: {
    code?: string;
    message: string;
}): Error;

/**
 * Makes a fresh stream of a virtio-serial port: writes a line with a nonce and throws away whatever comes before the
 * same line comes back. No byte after it is lost. The exchange is described in docs/guest-channel.md.
 *
 * @param stream a connection to the port; destroyed when the preamble fails
 * @param options.timeout milliseconds of silence after which to give up; default 500
 * @returns the same stream, standing right behind the line
 * @throws a plain Error that says what happened (the caller knows which VM it is about), or the reason of `signal`
 */
declare function openPreamble(stream: Duplex, options?: {
    signal?: AbortSignal;
    timeout?: number;
}): Promise<Duplex>;

/** For plugins that add routes or background work to the daemon. */
interface DaemonContext {
    /**
     * Adds a route to the daemon's API: `/v1/plugins/<plugin's name><path>`. The plugin's commands ask it by
     * `this.client().get('/v1/plugins/…')` and its like.
     */
    route(route: PluginRoute): void;
    /** Runs when the daemon stops. */
    onStop(run: () => Promise<void> | void): void;
}
/**
 * A route that a plugin adds to the daemon's API.
 * @experimental may change in a minor version
 */
interface PluginRoute {
    method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    /** `/jobs`, or with parameters: `/jobs/:job`. */
    path: string;
    /**
     * Returns the answer, which is sent as JSON; nothing is an empty object.
     * @throws what is sent as the error: `fail(…)` with its status
     */
    handle(request: PluginRequest): unknown;
}
/** What a plugin's route was asked. */
interface PluginRequest {
    /** By the names in the route's path. */
    params: Record<string, string | undefined>;
    query: Record<string, string | undefined>;
    /** The JSON that was sent. Not validated. */
    body: unknown;
}

/** What happened, for whoever listens. `at` in milliseconds since 1970. */
type BangerEvent = {
    at: number;
} & ({
    type: 'vm.created' | 'vm.started' | 'vm.deleted';
    vm: {
        id: string;
        name: string;
    };
} | {
    type: 'vm.stopped';
    vm: {
        id: string;
        name: string;
    };
    reason: string;
} | {
    type: 'image.added' | 'image.deleted';
    image: string;
} | {
    type: 'kernel.added' | 'kernel.deleted';
    kernel: string;
});

/** How a provision tap may be tapped: `hooks.provision.tapPromise({ name, required: true }, …)`. */
interface ProvisionTapOptions {
    /** Whether the VM must not start when the tap fails. Otherwise it starts without what the tap adds, and with a warning. */
    required?: boolean;
}
/** What a provision tap sees. It adds to `guest`, which counts once the tap is done. */
interface ProvisionContext {
    vm: {
        id: string;
        name: string;
    };
    image: {
        name: string;
        os?: OsRelease;
        config: ImageConfig;
        hasInit: boolean;
    };
    distro?: Distro;
    guest: GuestConfig;
    /** Adds to the VM's warnings (`vm show`): what could not be done without keeping the VM from working. No secrets. */
    warn(message: string): void;
}

/** What plugins register under a name. A name taken twice is an error that names both plugins. */
declare class Registry<T> {
    #private;
    /** What is registered here, for messages: `VMM`, `image source`. */
    readonly kind: string;
    /** The name that a value is registered under. */
    readonly nameOf: (value: T) => string;
    constructor(kind: string, nameOf: (value: T) => string);
    /** @throws plugin.duplicate when another plugin holds the name */
    add(plugin: string, value: T): void;
    /** Undefined when there is none of this name. */
    get(name: string): T | undefined;
    /** @throws driver.not-found, listing what there is */
    require(name: string): T;
    /** In alphabetical order. */
    names(): string[];
    /** In the order of their names. */
    values(): T[];
    /** Who registered what, for `doctor`. */
    owners(): {
        name: string;
        plugin: string;
    }[];
}

/** Every seam of banger. Tap with the plugin's package name. */
interface BangerHooks {
    vmms: SyncHook<[Registry<VmmDriver>]>;
    networks: SyncHook<[Registry<NetworkDriver>]>;
    imageSources: SyncHook<[Registry<ImageSource>]>;
    kernelSources: SyncHook<[Registry<KernelSource>]>;
    distros: SyncHook<[Registry<Distro>]>;
    /** Before every start: each tap adds to the guest's configuration. One that fails is reported, and the others still count. */
    provision: AsyncSeriesHook<[ProvisionContext], ProvisionTapOptions>;
    doctor: AsyncParallelHook<[DoctorReport]>;
    daemon: AsyncSeriesHook<[DaemonContext]>;
    events: SyncHook<[BangerEvent]>;
}
/** Hooks that nobody has tapped: the daemon makes one set, a test makes its own. */
declare function createHooks(): BangerHooks;

/** What a plugin's `banger:extend` hook returns. `Settings` is what its declared settings are read into; void when it has none. */
interface BangerPlugin<Settings = void> {
    /** The package's name. */
    name: string;
    /** The versions of @banger/core it works with (semver range). */
    coreRange: string;
    /** The keys of its table of the configuration, which is checked before `apply` is called. */
    settings?: SettingsDeclaration<Settings>;
    /**
     * Taps the hooks. Called once, in the order of the plugins' names. What a plugin taps and registers counts when this has
     * returned, and nothing of it when it throws.
     * @param settings what the declared schema made of the plugin's table; undefined when none is declared
     */
    apply(hooks: BangerHooks, host: Host, settings: Settings): void | Promise<void>;
}
/** The function that a plugin's package.json names under `oclif.hooks["banger:extend"]`. */
type Extend = () => BangerPlugin<unknown> | Promise<BangerPlugin<unknown>>;

/** Whether /dev/kvm can be used, or why not and what to do about it. */
type KvmDevice = {
    usable: true;
} | {
    usable: false;
    reason: string;
    advice: string;
};
/** Whether this user can open /dev/kvm, which says little of whether guests run. The advice begins in lower case. */
declare function openKvmDevice(): Promise<KvmDevice>;

/**
 * Probes at the first call, and again when something that counts has changed since.
 * @param key tells what counts: programs, devices, rights
 */
declare function keepProbe<T>(key: () => Promise<string>, probe: () => Promise<T>): () => Promise<T>;

/** A process, told apart from a later one with the same pid. */
interface ProcessId {
    pid: number;
    /** Field 22 of /proc/<pid>/stat. */
    startTime: number;
}
/**
 * When a process started, in clock ticks since boot (proc_pid_stat(5)).
 * @returns undefined when it is gone; one that ended and was not waited for counts as gone
 */
declare function startTimeOf(pid: number): Promise<number | undefined>;
/** Whether this very process still runs: its pid may be another's by now. */
declare function isAlive({ pid, startTime }: ProcessId): Promise<boolean>;
/**
 * Kills a process and waits until it is gone, at most 5 s.
 * @returns whether it is gone
 */
declare function killProcess(process: ProcessId): Promise<boolean>;
/**
 * Processes by what they were started with, whatever a pid file says.
 * @param wanted gets the command line and the working directory, which is '' where it may not be read
 */
declare function findProcesses(wanted: (argv: string[], cwd: string, pid: number) => boolean): Promise<ProcessId[]>;

/**
 * The end of a text file that may be large or absent.
 * @param options.from byte to begin at, earliest; default 0
 * @param options.limit bytes at most; default 16 KiB
 */
declare function readTail(path: string, options?: {
    from?: number;
    limit?: number;
}): Promise<string>;

/** What every driver's state has: the process, and where its console begins. */
interface StartedProcess extends MachineState {
    consoleLog: string;
    /** Bytes that the console's log held before this start. */
    consoleStart: number;
}
/** What is a driver's own about the start of a machine. */
interface StartSteps<M extends Machine> {
    /** Starts the VMM detached, with what it needs on the disk. */
    spawn(): Promise<DetachedProcess>;
    /** The machine of that process; its state is what `started` says and what the driver adds. */
    machine(started: StartedProcess, exited: DetachedProcess['exited']): M;
    /** Resolves when the machine runs. */
    boot(machine: M): Promise<void>;
    /** Puts into words what `boot` failed with; the process is gone by then, its log is not. */
    failure(error: unknown): Error | Promise<Error>;
    /** Removes what a VMM leaves on the disk when it is gone: sockets, pid files. Called before the start, too. Idempotent. */
    clear(): Promise<void>;
}
/**
 * Starts a VMM as `VmmDriver.start` promises it: `onSpawn` is told the state before anything else can fail, and when something
 * does, the process is ended and cleared away.
 * @throws what `spawn` and `onSpawn` throw, and what `failure` makes of what `boot` throws
 */
declare function startMachine<M extends Machine>({ consoleLog }: Pick<MachineSpec, 'consoleLog'>, onSpawn: (state: MachineState) => void, { spawn, machine, boot, failure, clear }: StartSteps<M>): Promise<M>;
/**
 * Ends processes at once, and waits until they are gone.
 * @param what they are, for the error: `QEMU of k3v9x2m4q7ab`
 * @throws internal when one does not end
 */
declare function killProcesses(processes: ProcessId[], what: string): Promise<void>;

/**
 * Connects to a unix socket in a folder of any depth: a socket's address holds 108 bytes at most, so it is reached through
 * an open handle of the folder.
 * @param name the socket's file name
 */
declare function connectIn(dir: string, name: string): Promise<Socket>;

/**
 * A kernel of a few instructions, for probing whether a VMM runs guests: an ELF file with a PVH entry point (an ELF note of owner
 * "Xen" and type 18, https://xenbits.xen.org/docs/unstable/misc/pvh.html). A VMM that knows PVH enters it in 32-bit protected mode,
 * others as Linux, in long mode.
 * @param code x86 machine code that runs at 0x100000
 */
declare function tinyKernel(code: Buffer): Buffer;

/** What a file is by its first bytes, as far as banger cares. */
type FileFormat = 'ext4' | 'tar' | 'gzip' | 'zstd' | 'xz' | 'empty' | 'other';
/**
 * Says what a file is, by its first bytes.
 * @returns its format, and a name for it that a sentence can go on with: `a squashfs filesystem`
 */
declare function identifyFile(path: string): Promise<{
    format: FileFormat;
    name: string;
}>;

/**
 * A program's stdout as a layer: it ends well only when the program does, and fails with the program's error. A tar that was cut
 * off because the program died is not mistaken for a whole one.
 */
declare function layerOf({ stdout, done }: Streaming): Readable;

export { DetachedProcess, Distro, DoctorReport, GuestConfig, Host, ImageConfig, ImageSource, KernelSource, Machine, MachineSpec, MachineState, NetworkDriver, OsRelease, PublishedPort, Registry, Streaming, VmmDriver, connectIn, createHooks, findProcesses, identifyFile, isAlive, keepProbe, killProcess, killProcesses, layerOf, openKvmDevice, openPreamble, readSettings, readTail, refusedPort, startMachine, startTimeOf, tinyKernel };
export type { BangerEvent, BangerHooks, BangerPlugin, DaemonContext, Extend, FileFormat, KvmDevice, PluginRequest, PluginRoute, ProcessId, ProvisionContext, ProvisionTapOptions, SettingsDeclaration, SettingsIssue, SettingsResult, SettingsSchema, StartSteps, StartedProcess };
