/* Runs a program, numbers its system calls that touch one folder or write output, and
 * lets the one of a given number go wrong.
 *
 *     trace --log FILE --under FOLDER [--at N --do FAULT [--sticky]] PROGRAM ARGUMENTS...
 *
 * FAULT is one of
 *     kill        SIGKILL in place of the call
 *     errno:E     the call fails with the number E; --sticky: and every later one of its name
 *     none        the call does nothing and gives 0, which a reader takes for the end
 *     short       the call is asked for half of its bytes
 *     run:SHELL   the call waits until this command has ended
 *
 * Each line of the log is `number thread name path arguments = result`, with `!` behind it
 * where a fault fired. Ends as the program ends: its status, or 128 + signal.
 * Linux on x86-64 only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__
#error "system calls are read and changed in the registers of x86-64"
#endif

/* Which arguments name a file: as a descriptor, as a path beside a folder's descriptor, or
 * as a path alone; and which argument counts bytes. -1: none. */
struct call {
    long number;
    const char *name;
    int fd, fd2, path, path2, bytes;
};

#define FD(name, bytes) {SYS_##name, #name, 0, -1, -1, -1, bytes}
#define PATH(name) {SYS_##name, #name, -1, -1, 0, -1, -1}
#define AT(name) {SYS_##name, #name, 0, -1, 1, -1, -1}

static const struct call CALLS[] = {
    FD(read, 2), FD(pread64, 2), FD(readv, -1), FD(preadv, -1),
    FD(write, 2), FD(pwrite64, 2), FD(writev, -1), FD(pwritev, -1),
    {SYS_copy_file_range, "copy_file_range", 0, 2, -1, -1, 4},
    {SYS_sendfile, "sendfile", 0, 1, -1, -1, 3},
    {SYS_splice, "splice", 0, 2, -1, -1, 4},
    FD(lseek, -1), FD(ftruncate, -1), FD(fallocate, -1), FD(fadvise64, -1),
    FD(fchmod, -1), FD(fchown, -1), FD(fsetxattr, -1), FD(fgetxattr, -1), FD(flistxattr, -1),
    FD(fremovexattr, -1), FD(fsync, -1), FD(fdatasync, -1), FD(sync_file_range, -1),
    FD(fstat, -1), FD(fstatfs, -1), FD(getdents64, -1), FD(close, -1), FD(fcntl, -1),
    FD(flock, -1), FD(ioctl, -1), FD(fchdir, -1),
    {SYS_mmap, "mmap", 4, -1, -1, -1, -1},
    PATH(open), PATH(creat), PATH(stat), PATH(lstat), PATH(access), PATH(chmod), PATH(chown),
    PATH(lchown), PATH(truncate), PATH(unlink), PATH(rmdir), PATH(mkdir), PATH(readlink),
    PATH(statfs), PATH(chdir), PATH(setxattr), PATH(lsetxattr), PATH(getxattr), PATH(lgetxattr),
    PATH(listxattr), PATH(llistxattr), PATH(removexattr), PATH(lremovexattr),
    {SYS_rename, "rename", -1, -1, 0, 1, -1},
    {SYS_link, "link", -1, -1, 0, 1, -1},
    {SYS_symlink, "symlink", -1, -1, 0, 1, -1},
    AT(openat), AT(openat2), AT(statx), AT(newfstatat), AT(faccessat), AT(faccessat2),
    AT(fchmodat), AT(fchownat), AT(unlinkat), AT(mkdirat), AT(readlinkat), AT(utimensat),
    {SYS_renameat, "renameat", -1, -1, 1, 3, -1},
    {SYS_renameat2, "renameat2", -1, -1, 1, 3, -1},
    {SYS_linkat, "linkat", -1, -1, 1, 3, -1},
};

enum fault { KILL, ERRNO, NONE, SHORT, RUN };

static struct {
    FILE *log;
    const char *under;
    long at;
    enum fault fault;
    int error;
    const char *command;
    int sticky;
} options;

struct thread {
    pid_t id;
    int inside, forced;
    long number, result;
    const char *mark;
    const struct call *call;
    char paths[2 * PATH_MAX + 8];
    unsigned long long arguments[6];
};

static struct thread threads[256];
static size_t thread_count;
static long counted;
static const char *sticky_name;

static void fail(const char *what) {
    fprintf(stderr, "trace: %s: %s\n", what, strerror(errno));
    exit(125);
}

static struct thread *thread_of(pid_t id) {
    for (size_t i = 0; i < thread_count; i++)
        if (threads[i].id == id) return &threads[i];
    if (thread_count == sizeof threads / sizeof *threads) fail("too many threads");
    threads[thread_count] = (struct thread){.id = id};
    return &threads[thread_count++];
}

static const struct call *call_of(long number) {
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
        if (CALLS[i].number == number) return &CALLS[i];
    return NULL;
}

/* The path behind a descriptor; empty where there is none. */
static void path_of_fd(pid_t id, int fd, char *into) {
    char link[64];
    if (fd == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", id);
    else snprintf(link, sizeof link, "/proc/%d/fd/%d", id, fd);
    ssize_t length = readlink(link, into, PATH_MAX - 1);
    into[length > 0 ? length : 0] = 0;
}

/* The text at an address of the program; empty where there is none. */
static void text_at(pid_t id, unsigned long long address, char *into) {
    size_t length = 0;
    while (address && length < PATH_MAX - 1) {
        /* Up to the end of a page at a time: the next may not be there. */
        size_t piece = 4096 - (address + length) % 4096;
        if (piece > PATH_MAX - 1 - length) piece = PATH_MAX - 1 - length;
        struct iovec here = {into + length, piece}, there = {(void *)(address + length), piece};
        ssize_t got = process_vm_readv(id, &here, 1, &there, 1, 0);
        if (got <= 0) break;
        char *end = memchr(into + length, 0, got);
        if (end) return;
        length += got;
    }
    into[length] = 0;
}

static int is_under(const char *path) {
    size_t length = strlen(options.under);
    return strncmp(path, options.under, length) == 0 && (path[length] == '/' || path[length] == ' ' || path[length] == 0);
}

/* Whether the call touches the folder, or writes output; its paths are noted. */
static int is_counted(struct thread *thread) {
    const struct call *call = thread->call;
    char path[PATH_MAX] = "", other[PATH_MAX] = "";
    if (call->path >= 0) text_at(thread->id, thread->arguments[call->path], path);
    if (call->path2 >= 0) text_at(thread->id, thread->arguments[call->path2], other);
    if (path[0] == 0 && call->fd >= 0) path_of_fd(thread->id, (int)thread->arguments[call->fd], path);
    if (call->fd2 >= 0) path_of_fd(thread->id, (int)thread->arguments[call->fd2], other);
    snprintf(thread->paths, sizeof thread->paths, "%s%s%s", path, *other ? "\t" : "", other);
    int output = strcmp(call->name, "write") == 0 && (thread->arguments[0] == 1 || thread->arguments[0] == 2);
    if (output) strcpy(thread->paths, thread->arguments[0] == 1 ? "stdout" : "stderr");
    return output || is_under(path) || is_under(other);
}

static void run(const char *command) {
    fflush(options.log);
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    /* Only this child: the program's threads have reports of their own. */
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
}

static unsigned long long *argument(struct user_regs_struct *registers, int index) {
    unsigned long long *all[] = {&registers->rdi, &registers->rsi, &registers->rdx, &registers->r10, &registers->r8, &registers->r9};
    return all[index];
}

static void spoil(struct thread *thread, struct user_regs_struct *registers, pid_t program) {
    thread->mark = " !";
    switch (options.fault) {
    case KILL:
        kill(program, SIGKILL);
        break;
    case ERRNO:
    case NONE:
        thread->forced = 1;
        thread->result = options.fault == NONE ? 0 : -options.error;
        /* There is no call of this number: nothing is done. A file is closed all the same. */
        if (strcmp(thread->call->name, "close") != 0) registers->orig_rax = -1;
        break;
    case SHORT:
        if (thread->call->bytes >= 0 && *argument(registers, thread->call->bytes) > 1)
            *argument(registers, thread->call->bytes) /= 2;
        else thread->mark = "";
        break;
    case RUN:
        run(options.command);
        break;
    }
    if (ptrace(PTRACE_SETREGS, thread->id, 0, registers) && errno != ESRCH) fail("setregs");
}

static void enter(struct thread *thread, struct user_regs_struct *registers, pid_t program) {
    thread->forced = 0;
    thread->mark = "";
    thread->number = 0;
    thread->call = call_of((long)registers->orig_rax);
    for (int i = 0; i < 6; i++) thread->arguments[i] = *argument(registers, i);
    if (!thread->call || !is_counted(thread)) return;
    thread->number = ++counted;
    int again = options.sticky && sticky_name && strcmp(sticky_name, thread->call->name) == 0;
    if (counted == options.at || again) {
        sticky_name = thread->call->name;
        spoil(thread, registers, program);
    }
}

static void leave(struct thread *thread, struct user_regs_struct *registers) {
    if (!thread->number) return;
    if (thread->forced) {
        registers->rax = (unsigned long long)thread->result;
        if (ptrace(PTRACE_SETREGS, thread->id, 0, registers) && errno != ESRCH) fail("setregs");
    }
    fprintf(options.log, "%ld\t%d\t%s\t%lld%s\t", thread->number, thread->id, thread->call->name, (long long)registers->rax, thread->mark);
    for (int i = 0; i < 6; i++) fprintf(options.log, "%s%llx", i ? "," : "", thread->arguments[i]);
    fprintf(options.log, "\t%s\n", thread->paths);
    thread->number = 0;
}

static int follow(pid_t program) {
    int status;
    for (;;) {
        pid_t id = waitpid(-1, &status, __WALL);
        if (id < 0) fail("the program was lost");
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            struct thread *thread = thread_of(id);
            if (thread->number) /* Killed inside the call. */
                fprintf(options.log, "%ld\t%d\t%s\tkilled%s\t\t%s\n", thread->number, id, thread->call->name, thread->mark, thread->paths);
            thread->number = 0;
            if (id != program) continue;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        int signal = WSTOPSIG(status), send = 0;
        if (signal == (SIGTRAP | 0x80)) {
            struct thread *thread = thread_of(id);
            struct user_regs_struct registers;
            if (ptrace(PTRACE_GETREGS, id, 0, &registers)) {
                if (errno == ESRCH) continue;
                fail("getregs");
            }
            thread->inside = !thread->inside;
            if (thread->inside) enter(thread, &registers, program);
            else leave(thread, &registers);
        } else if (signal != SIGTRAP && signal != SIGSTOP) {
            send = signal;
        }
        if (ptrace(PTRACE_SYSCALL, id, 0, send) && errno != ESRCH) fail("continue");
    }
}

static char **parse(char **word) {
    for (word++; *word && strncmp(*word, "--", 2) == 0; word++) {
        if (strcmp(*word, "--sticky") == 0) options.sticky = 1;
        else if (!word[1]) break;
        else if (strcmp(*word, "--log") == 0) options.log = fopen(*++word, "we");
        else if (strcmp(*word, "--under") == 0) options.under = *++word;
        else if (strcmp(*word, "--at") == 0) options.at = atol(*++word);
        else if (strcmp(*word, "--do") == 0) {
            const char *what = *++word;
            if (strcmp(what, "kill") == 0) options.fault = KILL;
            else if (strcmp(what, "none") == 0) options.fault = NONE;
            else if (strcmp(what, "short") == 0) options.fault = SHORT;
            else if (sscanf(what, "errno:%d", &options.error) == 1) options.fault = ERRNO;
            else if (strncmp(what, "run:", 4) == 0) options.fault = RUN, options.command = what + 4;
            else break;
        } else break;
    }
    if (!options.log || !options.under || !*word) {
        fputs("usage: trace --log FILE --under FOLDER [--at N --do FAULT [--sticky]] PROGRAM ARGUMENTS...\n", stderr);
        exit(125);
    }
    return word;
}

int main(int count, char **words) {
    (void)count;
    char **command = parse(words);
    pid_t program = fork();
    if (program < 0) fail("fork");
    if (program == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0)) fail("traceme");
        raise(SIGSTOP);
        execvp(*command, command);
        fail(*command);
    }
    int status;
    if (waitpid(program, &status, 0) < 0 || !WIFSTOPPED(status)) fail("start");
    long wanted = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
    if (ptrace(PTRACE_SETOPTIONS, program, 0, wanted)) fail("setoptions");
    if (ptrace(PTRACE_SYSCALL, program, 0, 0)) fail("continue");
    status = follow(program);
    fclose(options.log);
    return status;
}
