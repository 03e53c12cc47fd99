// SimulatedDisk: a machine's disk in memory, behind the seam of the localfs adapter. It counts
// every call but close in one order, fails, shortens or tears the Nth of them, lets the process die
// before or after it, and loses power.
//
// One thread. After a crash every call fails, until restart() gives the disk to a new process.
// Descriptors are numbers of its own, far above those of the system: a stray close(2) of one closes
// nothing.
#pragma once

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/localfs/disk.hpp"
#include "sim/disk_fault.hpp"
#include "sim/disk_image.hpp"

namespace slipway::sim {

using adapters::localfs::Disk;
using adapters::localfs::Entry;
using adapters::localfs::FilePlace;

// What some file systems cannot do.
struct DiskFeatures {
    bool rename_noreplace = true;
    bool allocate = true;
    bool copy_range = true;
};

class SimulatedDisk final : public Disk {
 public:
    SimulatedDisk() = default;
    SimulatedDisk(DiskImage image, DiskFeatures features)
        : image_(std::move(image)), features_(features) {}

    const DiskImage& image() const { return image_; }
    DiskImage& image() { return image_; }

    // Counting begins anew.
    void arm(DiskFault fault);
    void disarm() { arm({}); }
    bool fired() const { return fired_; }
    bool crashed() const { return crashed_; }
    // The process ends here, without a fault: as kill -9 between two calls.
    void crash() { crashed_ = true; }
    // Since a fault was armed or disarmed.
    std::size_t calls() const { return calls_; }
    // Of those, the ones that change something.
    std::size_t changes() const { return changes_; }
    // And the ones that are writes.
    std::size_t writes() const { return writes_; }

    // The process is gone; its descriptors and locks with it.
    void restart();
    // And the power was.
    void restart(PowerCut cut);

    // Run once, within the next sync of data that succeeds: what it covers is settled, and nobody
    // knows yet.
    void during_next_sync(std::function<void()> meanwhile) { meanwhile_ = std::move(meanwhile); }

    // Descriptors that are open: none, once a process has ended well.
    std::size_t open_descriptors() const { return open_; }
    // Everything that was ever called, with its arguments and its outcome, in one number.
    std::uint64_t trace() const { return trace_; }
    // Texts of the calls from now on, for people: "pwrite blobs/staging/5a/<id> 1024 at 0".
    void record_calls() { recording_ = true; }
    const std::vector<std::string>& recorded() const { return recorded_; }

    // A write or sync that somebody makes elsewhere, at its place among the calls to this disk: 0
    // if it may happen. Of a torn or short write nothing may.
    int stand_in_for(std::string_view name);

    int open_path(const char* path, int flags) override;
    int open(Entry entry, int flags) override;
    void close(int file) override;
    int make_directory(Entry entry) override;
    int allocate(int file, ByteOffset from, ByteCount length) override;
    int truncate(int file, ByteCount length) override;
    ssize_t write_at(int file, std::span<const std::byte> bytes, ByteOffset offset) override;
    ssize_t read_at(int file, std::span<std::byte> out, ByteOffset offset) override;
    ssize_t copy_range(FilePlace from, FilePlace to, ByteCount length) override;
    int sync_data(int file) override;
    int sync(int file) override;
    int rename_noreplace(Entry from, Entry to) override;
    int link(Entry from, Entry to) override;
    int unlink(Entry entry) override;
    int stat(int file, struct stat& out) override;
    int stat_entry(Entry entry, struct stat& out) override;
    int list(int directory, std::vector<std::string>& names) override;
    int drop_cached(int file, ByteOffset offset, ByteCount length) override;
    int space(int file, struct statvfs& out) override;
    int file_system(int file, unsigned long& type) override;
    int lock(int file) override;

 private:
    struct Handle {
        Inode node = 0;
        bool writable = false;
        bool open = true;
    };
    // Where a name is: its directory, and the name in it.
    struct Place {
        Inode directory = 0;
        std::string_view name;
    };
    enum class Effect : std::uint8_t { reads, changes };
    struct Call {
        std::string_view name;
        Effect effect = Effect::reads;
        bool is_write = false;
        bool is_sync = false;
        // Told apart in the trace, and named in the record.
        int file = -1;
        const char* entry = nullptr;
        std::uint64_t amount = 0;
        std::uint64_t offset = 0;
    };

    // Carries a call out, or what the fault leaves of it.
    template <class Act>
    auto perform(const Call& call, Act act) -> decltype(act()) {
        decltype(act()) outcome = -EIO;
        if (crashed_) {
            return outcome;
        }
        ++calls_;
        changes_ += call.effect == Effect::changes ? 1U : 0U;
        writes_ += call.is_write ? 1U : 0U;
        const FaultKind kind = is_hit(call) ? fault_.kind : FaultKind::none;
        fired_ = fired_ || kind != FaultKind::none;
        allowed_ = allowed(kind, call.amount);
        if (kind == FaultKind::error) {
            fail(call);
            outcome = -fault_.error;
        } else if (kind != FaultKind::crash_before) {
            outcome = act();
        }
        if (is_crash(kind)) {
            crashed_ = true;
            outcome = -EIO;
        }
        note(call, outcome);
        return outcome;
    }
    // What a call of this kind does when it fails.
    void fail(const Call& call);
    // Bytes that a write may take.
    std::size_t allowed(FaultKind kind, std::uint64_t amount) const;
    bool is_hit(const Call& call);
    void note(const Call& call, long outcome);
    int sync_node(const Call& call);

    Handle* handle(int file);
    int open_node(Inode node, int flags);
    int open_or_create(Place place, int flags);
    // Negated errno where a component is missing.
    int resolve(std::string_view path, Place& out) const;
    int resolve(Entry entry, Place& out);
    void describe(Inode node, struct stat& out) const;
    std::string text_of(const Call& call);

    DiskImage image_;
    DiskFeatures features_;
    DiskFault fault_;
    std::size_t calls_ = 0;
    std::size_t changes_ = 0;
    std::size_t writes_ = 0;
    std::size_t interrupted_in_a_row_ = 0;
    std::size_t allowed_ = 0;
    bool fired_ = false;
    bool crashed_ = false;
    std::vector<Handle> handles_;
    std::size_t open_ = 0;
    std::map<Inode, int> locks_;
    std::uint64_t trace_ = 0;
    std::function<void()> meanwhile_;
    bool recording_ = false;
    std::vector<std::string> recorded_;
};

}  // namespace slipway::sim
