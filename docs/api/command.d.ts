import { Command } from '@oclif/core/command';
import { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { DaemonInfo, RestartAnswer, VmEntry, CreateVm, Vm, SshAccess, ImageEntry, PruneImages, PrunedImages } from './shared.js';
import { DoctorCheck, BangerError, Progress, AddImage, Image, Host } from './index.js';
export { PluginAdditions, PluginInfo, PrunedFiles, VmState, VmUsage, fail, isError } from './shared.js';
import * as args from '@oclif/core/args';
export { args as Args };
import * as flags from '@oclif/core/flags';
export { flags as Flags };
import * as _oclif_core_interfaces from '@oclif/core/interfaces';
export { Arg, BooleanFlag, CustomOptions, OptionFlag } from '@oclif/core/interfaces';

/** The JSON messages of the guest channel; docs/guest-channel.md says what they do. */
/** How far a first-boot step is. */
interface StepState {
    name: string;
    state: 'pending' | 'running' | 'done' | 'failed';
    /** The command that failed, and its status. */
    command?: string[];
    exitCode?: number;
    /** Why it failed: the last lines of the command's output, or why it could not be run. */
    detail?: string;
    /** Absolute path in the guest of what it has written; `GET /v1/logs?name=first-boot-<name>` reads it. */
    log?: string;
}
/** A program that the agent keeps running. */
interface ServiceState {
    name: string;
    /** `waiting`: for the first-boot step that it comes after. */
    state: 'waiting' | 'running' | 'stopped' | 'failed';
    pid?: number;
    restarts: number;
}
/** What the agent says of itself and of the guest. */
interface Health {
    /** The agent's version. */
    version: string;
    /** `waiting`: serves, not configured yet; `configured`: configured at least once. */
    phase: 'waiting' | 'configured';
    /** `uname -r` */
    kernel: string;
    /** Path of the image's init, or '' when the agent is PID 1. */
    init: string;
    /** Milliseconds since the kernel started. */
    uptime: number;
    firstBoot: StepState[];
    services: ServiceState[];
}
/** The first frame of an exec. */
interface ExecStart {
    /** Not empty; the first is looked up in the PATH of the merged environment, unless it has a slash. */
    argv: string[];
    /** Laid over the guest's default environment. */
    env?: Record<string, string>;
    /** Absolute; must exist. Default: `GuestConfig.workingDir`, else the user's home, else `/`. */
    cwd?: string;
    /** Name or number, with `:group` after it if need be. Default: root. */
    user?: string;
    /** A terminal of this size; default none. */
    tty?: false | {
        rows: number;
        cols: number;
        term: string;
    };
}
/** A port that a program in the guest listens on. */
interface ListeningPort {
    protocol: 'tcp' | 'udp';
    address: string;
    port: number;
    pid?: number;
    process?: string;
}
/** What a guest uses, by its own account. */
interface GuestStats {
    /** Milliseconds since the kernel started. */
    uptime: number;
    /** 1, 5 and 15 minutes. */
    load: [number, number, number];
    /** KiB */
    memory: {
        total: number;
        available: number;
    };
    /** Clock ticks (1/100 s) since boot, over all CPUs. */
    cpu: {
        busy: number;
        total: number;
        count: number;
    };
    /** The root filesystem, KiB. */
    disk: {
        total: number;
        available: number;
    };
    /** Bytes since boot, loopback left out. */
    network: {
        received: number;
        sent: number;
    };
    /** TCP: connections that others have to programs in the guest now, and all that were accepted since boot, the guest's own too. A VM that was started by an earlier banger does not tell. */
    connections?: {
        inbound: number;
        accepted: number;
    };
}

/** Hands out a request's body, and waits while the other side takes no more. */
type WriteBody = (bytes: Uint8Array) => Promise<void>;

/** What a connection is to carry after its request. */
interface Upgrade {
    protocol: string;
    /** What the connection begins with; sent along with the request, to save a round trip. */
    first?: Buffer;
}

/** Where the daemon is, and what to do when it is not. */
interface ClientOptions {
    /** Absolute path of the daemon's unix socket. */
    socket: string;
    /** The daemon's log file, for messages. */
    log: string;
    /** Called when nobody listens on the socket; the request is sent again afterwards. Without it: daemon.not-running. */
    start?: () => Promise<void>;
    /** Called with the daemon's version at each answer. */
    onVersion?: (version: string) => void;
}
/** How a long operation is followed and ended. */
interface OperationOptions {
    /** What it is, for the message of an interruption: `Creating the VM`. */
    what?: string;
    /** What an interruption is told as, where that message does not fit. */
    aborted?: BangerError;
    progress?: Progress;
    /** Closes the connection, which aborts what can be undone. */
    signal?: AbortSignal;
}
/** How much of a log is read. */
interface LogOptions {
    lines?: number;
    follow?: boolean;
    signal?: AbortSignal;
}
/** The daemon's API (protocol/api.ts), typed. Every request has a connection of its own. */
declare class DaemonClient {
    #private;
    constructor(options: ClientOptions);
    /** Version, folders and plugins of the daemon. */
    info(): Promise<DaemonInfo>;
    /** Ends the daemon; VMs keep running. */
    stopDaemon(): Promise<unknown>;
    /** Has the daemon start anew, at once or when what it does for others has ended; VMs keep running. */
    restartDaemon(): Promise<RestartAnswer>;
    /** What the daemon finds on this host. Takes as long as its slowest check, seconds. */
    doctor(): Promise<DoctorCheck[]>;
    /** All VMs, running or not. */
    vms(): Promise<VmEntry[]>;
    /** @throws vm.not-found */
    vm(vm: string): Promise<VmEntry>;
    /** Makes a VM and starts it, unless `request.start` is false. @throws vm.exists, vm.boot-failed and more; nothing is left then */
    createVm(request: CreateVm, options?: OperationOptions): Promise<Vm>;
    /** Resolves when the guest takes commands. @throws vm.not-found, vm.running, vm.boot-failed */
    startVm(vm: string, options?: OperationOptions): Promise<Vm>;
    /** Shuts the guest down, and ends its VMM when that takes too long. @throws vm.not-found, vm.not-running */
    stopVm(vm: string, options?: OperationOptions): Promise<Vm>;
    /** Ends the VMM at once, whatever is under way. @throws vm.not-found */
    killVm(vm: string, options?: OperationOptions): Promise<Vm>;
    /** @throws vm.delete-running unless it is stopped, or `force` ends it */
    deleteVm(vm: string, options?: OperationOptions & {
        force?: boolean;
    }): Promise<void>;
    /** What listens in the guest. @throws vm.not-running, guest.unreachable */
    ports(vm: string): Promise<ListeningPort[]>;
    /** What the guest uses. @throws vm.not-running, guest.unreachable */
    stats(vm: string): Promise<GuestStats>;
    /** How far the guest is, its first-boot steps and services. @throws vm.not-running, guest.unreachable */
    health(vm: string): Promise<Health>;
    /**
     * What a service wrote, or a first-boot step under the name `first-boot-<step>`. Ends when the signal aborts.
     * @param options.lines only this many of the last lines
     * @param options.follow goes on as more is written
     */
    log(vm: string, name: string, options?: LogOptions): AsyncGenerator<Buffer>;
    /** How to reach the guest's sshd. @throws vm.not-running */
    ssh(vm: string): Promise<SshAccess>;
    /** Starts a command: a stream of stdio_mux_v1 frames, `start` already sent. */
    exec(vm: string, start: ExecStart, signal?: AbortSignal): Promise<Duplex>;
    /** The bytes of a TCP connection made in the guest. */
    dial(vm: string, port: number, signal?: AbortSignal): Promise<Duplex>;
    /** All images. */
    images(): Promise<ImageEntry[]>;
    /** @throws image.not-found */
    image(image: string): Promise<ImageEntry>;
    /** Pulls or registers an image. @throws image.exists, image.no-source and what its source fails with; nothing is left then */
    addImage(request: AddImage, options?: OperationOptions): Promise<Image>;
    /** @throws image.not-found, image.in-use */
    deleteImage(image: string): Promise<void>;
    /** Frees what nothing uses, or says what that would be. */
    pruneImages(request: PruneImages, options?: OperationOptions): Promise<PrunedImages>;
    /** Any GET route, also a plugin's; the caller knows the answer's type. */
    get<T>(path: string): Promise<T>;
    /** Any DELETE route, also a plugin's. @throws what the daemon reports */
    delete<T = unknown>(path: string): Promise<T>;
    /** A GET whose answer is a stream of bytes. @throws what the daemon reports in its place */
    stream(path: string): Promise<IncomingMessage>;
    /** One request whose answer is JSON. @throws what the daemon reports */
    request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
    /**
     * One request that reports its progress and may take long.
     * @throws what the daemon reports; aborted when `options.signal` ends it
     */
    operation<T>(method: string, path: string, body?: unknown, options?: OperationOptions): Promise<T>;
    /** A connection that carries another protocol after the request. Ending one half leaves the other open. */
    upgrade(path: string, to: Upgrade, signal?: AbortSignal): Promise<Duplex>;
    /** The bytes that a GET answers with. @throws what the daemon reports; the stream itself throws when it breaks off */
    download(path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
    /** A PUT whose body is written by `produce`. @throws what the daemon reports, also in the middle of the body */
    upload<T>(path: string, body: {
        type: string;
        produce: (write: WriteBody) => Promise<void>;
    }, signal?: AbortSignal): Promise<T>;
}

/**
 * A path as the daemon takes it: absolute, since its folder is not the user's. What is missing is not asked of it.
 * @throws usage when it is not there
 */
declare function existingPath(path: string | undefined): Promise<string | undefined>;

/** The flags of `image pull` and `image register` that say what kernel the image boots with. */
declare const kernelFlags: {
    'kernel-ref': _oclif_core_interfaces.OptionFlag<string | undefined, _oclif_core_interfaces.CustomOptions>;
    kernel: _oclif_core_interfaces.OptionFlag<string | undefined, _oclif_core_interfaces.CustomOptions>;
    initrd: _oclif_core_interfaces.OptionFlag<string | undefined, _oclif_core_interfaces.CustomOptions>;
    modules: _oclif_core_interfaces.OptionFlag<string | undefined, _oclif_core_interfaces.CustomOptions>;
};
/** What those flags were given. */
interface KernelFlags {
    'kernel-ref'?: string | undefined;
    kernel?: string | undefined;
    initrd?: string | undefined;
    modules?: string | undefined;
}
/** @throws usage for a path that is not there */
declare function kernelRequest(flags: KernelFlags): Promise<Pick<AddImage, 'kernelRef' | 'kernel'>>;

/** A column's title and the text of a row's cell. */
type Columns<T> = Record<string, (row: T) => string | number | undefined>;
/**
 * Rows as aligned columns, the same on a terminal and in a pipe: titles in capitals, two spaces between, `-` for nothing.
 * @returns lines without a newline at the end
 */
declare function formatTable<T>(rows: readonly T[], columns: Columns<T>): string;
/** Names and values below each other, aligned; a value of several lines is indented, and undefined is left out. */
declare function formatFields(fields: Record<string, string | number | undefined>): string;

/** What came of asking the daemon to start anew. */
interface Restart {
    /** Whether a new daemon serves, none was running, or the one there starts anew later by itself. */
    state: 'restarted' | 'not-running' | 'waiting';
    /** What it waits for, for people. */
    waitsFor: string[];
}
/**
 * Has the daemon start anew, so that it takes up other plugins or settings; VMs keep running. Waits for the new one, unless the old
 * one is in the middle of something.
 * @throws daemon.start-failed when the new one does not serve
 */
declare function restartDaemon(): Promise<Restart>;
/** The same for people. */
declare function describeRestart({ state, waitsFor }: Restart): string | undefined;

/** Whether somebody is there to be asked. */
declare function canAsk(): boolean;
/** Asks on the terminal; anything but yes is no. Ctrl-C ends the program as usual. */
declare function confirm(question: string): Promise<boolean>;

/** Numbers as a person reads them. */
/** Bytes in units of 1024: `3.4 MiB`. */
declare function formatBytes(bytes: number): string;
/** MiB: `512 MiB`, `2 GiB`. */
declare function formatMebibytes(mebibytes: number): string;
/** A span of milliseconds in its largest unit: `42s`, `3m`, `5h`, `2d`. */
declare function formatDuration(milliseconds: number): string;
/** How long ago a time (milliseconds since 1970) is: `3m ago`. */
declare function formatAge(time: number, now?: number): string;

/**
 * What commands of plugins import beside `@banger/core`.
 * @module @banger/core/command
 */

/**
 * What every command of banger shares, also those of plugins (`@banger/core/command`): the daemon's client, `--json`,
 * progress, Ctrl-C and the way errors look. A command returns its data, which `--json` prints, and says the same in
 * words by `this.log`.
 */
declare abstract class BangerCommand extends Command {
    #private;
    static enableJsonFlag: boolean;
    /**
     * What shells complete an argument or a flag's value to: `vm`, `image`, `kernel`, `session` (of the VM that is the first
     * argument), `plugin`, `vmm`, `network`, `file`, `folder`, or `vm:path`. Said here by its name where neither that name nor the flag's
     * helpValue (`<file>`) is such a word.
     */
    static completes: Record<string, string>;
    /** The daemon, started at the first request when it does not run. */
    protected client(): DaemonClient;
    /** The machine that the command runs on: its folders, and programs to run. */
    protected host(): Promise<Host>;
    /**
     * Runs a long operation: its progress goes to stderr, as JSON lines with --json unless that is a terminal, and Ctrl-C aborts it.
     * @param undoable whether an abort leaves nothing behind (create, start, pull); otherwise the daemon carries on alone
     * @throws aborted or interrupted after a signal; the exit status is 128 + n then
     */
    protected operate<T>(run: (options: Required<Pick<OperationOptions, 'progress' | 'signal'>>) => Promise<T>, undoable?: boolean): Promise<T>;
    /**
     * Does the same for several names at once.
     * @throws every failure as one, after all have ended
     */
    protected each<T>(names: string[], run: (name: string) => Promise<T>): Promise<T[]>;
    /** The command line cut at the first `--`: what is the command's own, and what is behind it (undefined without `--`). */
    protected splitArgv(): {
        own: string[];
        command: string[] | undefined;
    };
    /** A line for people, beside the data: not printed with --json. */
    protected note(message: string): void;
    /** What `--json` prints: indented, with a newline at its end. */
    protected logJson(value: unknown): void;
    /**
     * Prints the error with its hint, or as JSON, and sets the exit status. Only `this.exit()` passes through to oclif, whose own
     * printing adds a frame and a stack.
     */
    protected catch(thrown: Error & {
        code?: string;
    }): Promise<void>;
}

export { BangerCommand, CreateVm, DaemonClient, DaemonInfo, ImageEntry, PruneImages, PrunedImages, RestartAnswer, SshAccess, Vm, VmEntry, canAsk, confirm, describeRestart, existingPath, formatAge, formatBytes, formatDuration, formatFields, formatMebibytes, formatTable, kernelFlags, kernelRequest, restartDaemon };
export type { ClientOptions, Columns, ExecStart, GuestStats, Health, KernelFlags, ListeningPort, LogOptions, OperationOptions, Restart, ServiceState, StepState, Upgrade, WriteBody };
