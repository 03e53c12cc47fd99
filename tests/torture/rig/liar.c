// A disk that lies, loaded into slipwayd before libc (LD_PRELOAD): it answers "done" and does nothing. For tests of the
// torture itself: a suite that does not notice a lying disk proves nothing. SLIPWAY_LIE says about what, one word:
//   syncs            every fsync and fdatasync
//   blob_syncs       those of files below blobs/
//   catalog_syncs    those of files below catalog/
//   sync_errors      the outcome of a sync that was tried
//   blob_writes      writes into files below blobs/staging/
//   log_writes       writes into the catalog's log
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int lies_about(const char *what) {
    const char *lie = getenv("SLIPWAY_LIE");
    return lie != NULL && strcmp(lie, what) == 0;
}

static int path_holds(int fd, const char *piece) {
    char link[64];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) {
        return 0;
    }
    path[length] = '\0';
    return strstr(path, piece) != NULL;
}

static int is_directory(int fd) {
    struct stat now;
    return fstat(fd, &now) == 0 && S_ISDIR(now.st_mode);
}

static int sync_is_a_lie(int fd) {
    return lies_about("syncs") || (lies_about("blob_syncs") && path_holds(fd, "/blobs/") && !is_directory(fd)) ||
           (lies_about("catalog_syncs") && path_holds(fd, "/catalog/") && !is_directory(fd));
}

static int answer(int done) { return lies_about("sync_errors") ? 0 : done; }

int fsync(int fd) { return sync_is_a_lie(fd) ? 0 : answer((int)syscall(SYS_fsync, fd)); }

int fdatasync(int fd) { return sync_is_a_lie(fd) ? 0 : answer((int)syscall(SYS_fdatasync, fd)); }

ssize_t write(int fd, const void *bytes, size_t size) {
    if (lies_about("log_writes") && path_holds(fd, "/catalog/") && path_holds(fd, ".log")) {
        return (ssize_t)size;
    }
    return syscall(SYS_write, fd, bytes, size);
}

static ssize_t write_at(int fd, const void *bytes, size_t size, off_t offset) {
    if (lies_about("blob_writes") && path_holds(fd, "/blobs/staging/")) {
        return (ssize_t)size;
    }
    return syscall(SYS_pwrite64, fd, bytes, size, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return write_at(fd, bytes, size, offset); }

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset) { return write_at(fd, bytes, size, offset); }
