// A power cut for one process, by LD_PRELOAD (64-bit Linux): files that are not synced may lose what was written last.
//
// What it models: a disk, a file system and a kernel that honour fsync. Every write to a watched file goes through at
// once, so that everybody reads what was written, and the layer notes what it replaced. fsync and fdatasync make one
// file's contents and size durable and forget its notes. At the chosen sync the power is cut: each file goes back to
// its last sync, and a generator with a seed decides what of the later changes had reached the disk. For each file
// either all did, or nothing did, or, half of the time, every write is kept, lost or torn on its own. A torn write is
// new in some sectors of 512 bytes and old in others; bytes of a sector outside the write are never harmed (SQLite
// calls this powersafe overwrite). The growth of a file may be lost, with what lies beyond, or be kept without its
// bytes, which then read as zeros; a truncation may be lost. Then the process ends with status 137 and runs nothing
// else. It is harsher than a disk where two unsynced changes of a file touch the same sector or its size: each has its
// own fate, so the later may stay without the earlier.
//
// What it does not model:
// - names: creat, rename and unlink are durable at once and in order; a folder's sync is no point of its own. What was
//   written to a file before it was renamed is as unsafe as before, where its first name was watched too;
// - bytes that nobody wrote, bits that rot, a sync that fails or lies;
// - several processes: the notes are one process's own, and no other may write the same files meanwhile;
// - ways to write other than write, pwrite, writev, pwritev, pwritev2, ftruncate and O_TRUNC: mmap, truncate,
//   fallocate, sendfile, copy_file_range, io_uring and C's FILE are not seen and must not be used on watched files;
// - what a flag asks for: O_SYNC and RWF_DSYNC save nothing, RWF_APPEND must not be used; sync_file_range, sync and
//   syncfs save nothing either.
//
// HETAO_POWERCUT_FILES  the files: every regular file whose real path begins so, but none that ends in -shm or -lock
// HETAO_POWERCUT_AT     the sync that is cut, counted from 1 over all the files together; none: no cut
// HETAO_POWERCUT_SEED   the fates; even: the cut comes before the sync takes effect, odd: just after, before it returns
// HETAO_POWERCUT_COUNT  a new file, which gets the number of syncs when the process ends without a cut
//
// A file is known by its inode, so that close, dup, unlink and rename need no watching. Watched syncs do not wait for
// the real disk. The notes live in memory: they grow with what a program writes without a sync. Real calls are system
// calls, so that nothing depends on the order in which libraries start; what the layer cannot do aborts the process.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr off_t SECTOR = 512;
constexpr int CUT = 137;

[[noreturn]] void fail(const char *what) {
    dprintf(STDERR_FILENO, "powercut: %s: %s\n", what, std::strerror(errno));
    std::abort();
}

// splitmix64: the same fates from the same seed, whatever the standard library
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t draw(std::uint64_t sides) {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (z ^ (z >> 31)) % sides;
    }

private:
    std::uint64_t state_;
};

enum class Fate { kept, lost, torn };

// One unsynced write, or one change of size alone.
struct Change {
    off_t at;               // where its bytes begin
    off_t before, after;    // the size of the file around it
    std::vector<char> old;  // the bytes that it replaced or cut off
    std::vector<char> now;  // the bytes that it wrote; none where it only changed the size
};

class File {
public:
    // The descriptor of its own reads and writes whatever the program's may do, and keeps the inode from being reused.
    File(int fd, const struct stat &is) : device_(is.st_dev), inode_(is.st_ino) {
        const std::string link = "/proc/self/fd/" + std::to_string(fd);
        own_ = static_cast<int>(syscall(SYS_openat, AT_FDCWD, link.c_str(), O_RDWR | O_CLOEXEC, 0));
        if (own_ < 0) fail("cannot open a watched file");
    }

    bool is(const struct stat &other) const { return device_ == other.st_dev && inode_ == other.st_ino; }
    bool named() const { return look().st_nlink != 0; }
    off_t size() const { return look().st_size; }
    int descriptor() const { return own_; }
    void close() const { ::close(own_); }  // no name is left, so no lock of the program on it matters any more

    void note(Change change) { changes_.push_back(std::move(change)); }
    void synced() { changes_.clear(); }

    // Return the bytes of a range, as far as the file has them.
    std::vector<char> read(off_t at, std::size_t length) const {
        const off_t there = std::max<off_t>(0, size() - at);
        std::vector<char> bytes(std::min(length, static_cast<std::size_t>(there)));
        for (std::size_t done = 0; done < bytes.size();) {
            const ssize_t got = pread(own_, bytes.data() + done, bytes.size() - done, at + static_cast<off_t>(done));
            if (got <= 0) fail("cannot read a watched file");
            done += static_cast<std::size_t>(got);
        }
        return bytes;
    }

    // Go back to the last sync, then redo what the dice let reach the disk.
    void lose(Dice &dice) {
        for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
            resize(change->before);
            write(change->old.data(), change->old.size(), change->at);
        }
        const std::uint64_t whole = dice.draw(4);
        for (const Change &change : changes_) redo(change, static_cast<Fate>(whole < 2 ? whole : dice.draw(3)), dice);
    }

private:
    struct stat look() const {
        struct stat is;
        if (fstat(own_, &is) != 0) fail("cannot look at a watched file");
        return is;
    }

    void resize(off_t size) const {
        if (syscall(SYS_ftruncate, own_, size) != 0) fail("cannot resize a watched file");
    }

    void write(const char *bytes, std::size_t length, off_t at) const {
        for (std::size_t done = 0; done < length;) {
            const long put = syscall(SYS_pwrite64, own_, bytes + done, length - done, at + static_cast<off_t>(done));
            if (put <= 0) fail("cannot write a watched file");
            done += static_cast<std::size_t>(put);
        }
    }

    void redo(const Change &change, Fate fate, Dice &dice) const {
        const auto comes = [&] { return fate == Fate::kept || (fate == Fate::torn && dice.draw(2) == 0); };
        const bool only_size = change.now.empty();
        if ((only_size || change.after > change.before) && comes())
            resize(only_size ? change.after : std::max(size(), change.after));
        const off_t end = std::min(size(), change.at + static_cast<off_t>(change.now.size()));
        for (off_t from = change.at, to; from < end; from = to) {
            to = std::min(end, (from / SECTOR + 1) * SECTOR);
            if (comes()) write(change.now.data() + (from - change.at), static_cast<std::size_t>(to - from), from);
        }
    }

    dev_t device_;
    ino_t inode_;
    int own_;
    std::vector<Change> changes_;
};

std::string variable(const char *name) {
    const char *value = std::getenv(name);
    return value ? value : "";
}

std::uint64_t number(const char *name) { return std::strtoull(variable(name).c_str(), nullptr, 10); }

class Layer {
public:
    // The one layer, never destroyed: a library may write before this one starts or after it ends.
    static Layer &get() {
        static Layer &layer = *new Layer;
        return layer;
    }

    bool watches(int fd) const {
        if (files_prefix_.empty()) return false;
        char path[4096];
        const std::string link = "/proc/self/fd/" + std::to_string(fd);
        const ssize_t length = readlink(link.c_str(), path, sizeof path);
        if (length < 0) fail("cannot tell a file's path without /proc");
        const std::string name(path, static_cast<std::size_t>(length));
        return name.compare(0, files_prefix_.size(), files_prefix_) == 0 && !ends(name, "-shm") && !ends(name, "-lock");
    }

    // Return the watched file of a descriptor, or none. The lock is held.
    File *find(int fd, const struct stat &is) {
        for (File &file : files_)
            if (file.is(is)) return &file;
        if (!watches(fd)) return nullptr;
        forget_unlinked();
        return &files_.emplace_back(fd, is);
    }

    // Let a sync take effect, unless the power is cut. The lock is held.
    void sync(File &file) {
        const bool last = ++syncs_ == cut_at_;
        if (last && seed_ % 2 == 0) cut();
        file.synced();
        if (last) cut();
    }

    void report() const {
        if (count_.empty()) return;
        // A child that synced nothing must not overwrite what its parent reported.
        const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (syncs_ ? O_TRUNC : O_EXCL);
        const int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, count_.c_str(), flags, 0666));
        if (fd < 0) return;
        dprintf(fd, "%llu\n", static_cast<unsigned long long>(syncs_));
        ::close(fd);
    }

    std::mutex lock;

private:
    static bool ends(const std::string &name, const std::string &end) {
        return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
    }

    void forget_unlinked() {
        const auto gone = std::stable_partition(files_.begin(), files_.end(), [](const File &f) { return f.named(); });
        std::for_each(gone, files_.end(), [](const File &file) { file.close(); });
        files_.erase(gone, files_.end());
    }

    [[noreturn]] void cut() {
        Dice dice(seed_ ^ (cut_at_ << 32));
        for (File &file : files_)
            if (file.named()) file.lose(dice);
        _exit(CUT);
    }

    const std::string files_prefix_ = variable("HETAO_POWERCUT_FILES");
    const std::string count_ = variable("HETAO_POWERCUT_COUNT");
    const std::uint64_t cut_at_ = number("HETAO_POWERCUT_AT");
    const std::uint64_t seed_ = number("HETAO_POWERCUT_SEED");
    std::uint64_t syncs_ = 0;
    std::vector<File> files_;
};

// The watched file behind a descriptor, if it is one, and the layer's lock as long as this lives. A pipe or a terminal
// never takes the lock, so that a signal's handler may write to one.
class Watched {
public:
    explicit Watched(int fd) {
        struct stat is;
        if (fstat(fd, &is) != 0 || !S_ISREG(is.st_mode) || is.st_nlink == 0) return;
        held_ = std::unique_lock<std::mutex>(Layer::get().lock);
        file_ = Layer::get().find(fd, is);
        if (!file_) held_.unlock();
    }
    explicit operator bool() const { return file_ != nullptr; }
    File *operator->() const { return file_; }
    File &operator*() const { return *file_; }

private:
    std::unique_lock<std::mutex> held_;
    File *file_ = nullptr;
};

// Write by a call, at a place or, where that is negative, at the descriptor's own.
template <class Call>
ssize_t write_through(int fd, off_t at, std::size_t length, Call call) {
    const Watched file(fd);
    if (!file) return call();
    const off_t size = file->size();
    if (fcntl(fd, F_GETFL) & O_APPEND)
        at = size;
    else if (at < 0)
        at = lseek(fd, 0, SEEK_CUR);
    std::vector<char> old = file->read(at, length);
    const ssize_t written = call();
    if (written <= 0) return written;
    std::vector<char> now = file->read(at, static_cast<std::size_t>(written));
    file->note({at, size, std::max(size, at + static_cast<off_t>(written)), std::move(old), std::move(now)});
    return written;
}

ssize_t write_one(int fd, const void *bytes, std::size_t length, off_t at) {
    return write_through(fd, at, length, [=] { return syscall(SYS_pwrite64, fd, bytes, length, at); });
}

std::size_t total(const struct iovec *parts, int count) {
    std::size_t length = 0;
    for (int i = 0; i < count; ++i) length += parts[i].iov_len;
    return length;
}

ssize_t write_many(int fd, const struct iovec *parts, int count, off_t at) {
    return write_through(fd, at, total(parts, count), [=] { return syscall(SYS_pwritev, fd, parts, count, at, 0L); });
}

ssize_t write_many(int fd, const struct iovec *parts, int count, off_t at, int flags) {
    const auto call = [=] { return syscall(SYS_pwritev2, fd, parts, count, at, 0L, flags); };
    return write_through(fd, at, total(parts, count), call);
}

template <class Call>
int resize_through(File &file, off_t size, Call call) {
    const off_t before = file.size(), start = std::min(before, std::max<off_t>(0, size));
    std::vector<char> old = file.read(start, static_cast<std::size_t>(before - start));
    const int failed = static_cast<int>(call());
    if (!failed && before != size) file.note({start, before, size, std::move(old), {}});
    return failed;
}

int resize(int fd, off_t size) {
    const auto call = [=](int of) { return syscall(SYS_ftruncate, of, size); };
    const Watched file(fd);
    return file ? resize_through(*file, size, [=] { return call(fd); }) : static_cast<int>(call(fd));
}

int sync(int fd, long call) {
    const Watched file(fd);
    if (!file) return static_cast<int>(syscall(call, fd));
    Layer::get().sync(*file);
    return 0;
}

// Tell whether a path is a watched file by now; an O_PATH descriptor can be closed without dropping the file's locks.
bool is_watched(int folder, const char *path) {
    const int probe = static_cast<int>(syscall(SYS_openat, folder, path, O_PATH | O_CLOEXEC, 0));
    if (probe < 0) return false;
    struct stat is;
    const bool watched = fstat(probe, &is) == 0 && S_ISREG(is.st_mode) && Layer::get().watches(probe);
    ::close(probe);
    return watched;
}

// Opening matters only where it truncates: that becomes a truncation which can be undone.
int open_file(int folder, const char *path, int flags, mode_t mode) {
    const bool truncates = (flags & O_TRUNC) && is_watched(folder, path);
    const int fd = static_cast<int>(syscall(SYS_openat, folder, path, truncates ? flags & ~O_TRUNC : flags, mode));
    if (fd < 0 || !truncates) return fd;
    const Watched file(fd);
    if (file) resize_through(*file, 0, [&] { return syscall(SYS_ftruncate, file->descriptor(), 0L); });
    return fd;
}

__attribute__((destructor)) void at_exit() { Layer::get().report(); }

}  // namespace

// Each hook has a name of its own here and the C library's in the object file: whatever the C library's headers make of
// that name (macros, redirections, checked variants, exception specifications) cannot clash. A 64-bit off_t makes each
// pair one function. The mode of open is an ordinary argument in every 64-bit calling convention of Linux.
static_assert(sizeof(off_t) == 8, "the twins *64 take the same arguments on 64-bit systems only");
#define HOOK(result, symbol, ...)                                                                            \
    extern "C" __attribute__((visibility("default"))) result hook_##symbol(__VA_ARGS__) __asm__(#symbol); \
    result hook_##symbol(__VA_ARGS__)

constexpr int NEW = O_CREAT | O_WRONLY | O_TRUNC;

HOOK(int, open, const char *path, int flags, mode_t mode) { return open_file(AT_FDCWD, path, flags, mode); }
HOOK(int, open64, const char *path, int flags, mode_t mode) { return open_file(AT_FDCWD, path, flags, mode); }
HOOK(int, openat, int at, const char *path, int flags, mode_t mode) { return open_file(at, path, flags, mode); }
HOOK(int, openat64, int at, const char *path, int flags, mode_t mode) { return open_file(at, path, flags, mode); }
HOOK(int, creat, const char *path, mode_t mode) { return open_file(AT_FDCWD, path, NEW, mode); }
HOOK(int, creat64, const char *path, mode_t mode) { return open_file(AT_FDCWD, path, NEW, mode); }

HOOK(ssize_t, write, int fd, const void *bytes, size_t length) {
    return write_through(fd, -1, length, [=] { return syscall(SYS_write, fd, bytes, length); });
}
HOOK(ssize_t, pwrite, int fd, const void *bytes, size_t n, off_t at) { return write_one(fd, bytes, n, at); }
HOOK(ssize_t, pwrite64, int fd, const void *bytes, size_t n, off_t at) { return write_one(fd, bytes, n, at); }
HOOK(ssize_t, writev, int fd, const struct iovec *parts, int count) {
    return write_through(fd, -1, total(parts, count), [=] { return syscall(SYS_writev, fd, parts, count); });
}
HOOK(ssize_t, pwritev, int fd, const struct iovec *parts, int n, off_t at) { return write_many(fd, parts, n, at); }
HOOK(ssize_t, pwritev64, int fd, const struct iovec *parts, int n, off_t at) { return write_many(fd, parts, n, at); }
HOOK(ssize_t, pwritev2, int fd, const struct iovec *parts, int n, off_t at, int flags) {
    return write_many(fd, parts, n, at, flags);
}
HOOK(ssize_t, pwritev64v2, int fd, const struct iovec *parts, int n, off_t at, int flags) {
    return write_many(fd, parts, n, at, flags);
}

HOOK(int, ftruncate, int fd, off_t size) { return resize(fd, size); }
HOOK(int, ftruncate64, int fd, off_t size) { return resize(fd, size); }
HOOK(int, fsync, int fd) { return sync(fd, SYS_fsync); }
HOOK(int, fdatasync, int fd) { return sync(fd, SYS_fdatasync); }
