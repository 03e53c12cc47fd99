#include "adapters/rocksdb/group_writer.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/seeded_bug.hpp"

namespace slipway::adapters::rocksdb {

GroupWriter::GroupWriter(std::shared_ptr<Database> database, const ports::Clock& clock,
                         GroupWriterOptions options)
    : database_(std::move(database)), clock_(clock), options_(std::move(options)) {
    thread_ = std::thread([this] { work(); });
    pthread_setname_np(thread_.native_handle(), "catalog-writer");
}

GroupWriter::~GroupWriter() {
    stop();
}

Result<> GroupWriter::check_running() const {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || failed_) {
        return failure(Errc::unavailable, failed_ ? "the catalog failed" : "the catalog stops");
    }
    return {};
}

void GroupWriter::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    const std::scoped_lock lock(join_mutex_);
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::size_t GroupWriter::queue_depth() const {
    const std::scoped_lock lock(mutex_);
    return depth_;
}

Result<> GroupWriter::enqueue(std::unique_ptr<Request> request) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_ || failed_) {
            return failure(Errc::unavailable, failed_ ? "the catalog failed" : "the catalog stops");
        }
        if (depth_ >= options_.queue_capacity) {
            return failure(Errc::unavailable, "the catalog is busy");
        }
        ++depth_;
        queue_.push_back(std::move(request));
    }
    wake_.notify_one();
    return {};
}

void GroupWriter::work() {
    for (Queue waiting = take_waiting(); !waiting.empty(); waiting = take_waiting()) {
        while (!waiting.empty()) {
            Transaction changes(*database_);
            Queue group = evaluate_group(waiting, changes);
            if (has_bug(SeededBug::answered_before_commit)) {
                release(group.size());
                for (const auto& request : std::exchange(group, {})) {
                    request->answer_result();
                }
            }
            if (const auto committed = commit(changes, group.size());
                !committed && !has_bug(SeededBug::failed_commit_ignored)) {
                fail(std::move(group), std::move(waiting), committed.error());
                return;
            }
            release(group.size());
            for (const auto& request : group) {
                request->answer_result();
            }
        }
    }
}

// Empty: stopped, and nothing is left.
GroupWriter::Queue GroupWriter::take_waiting() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (options_.expected) {
        // Each that comes wakes this, so none that has come is waited for.
        wake_.wait_for(lock, options_.gather_time, [this] {
            return stopping_ || queue_.size() >= options_.gather_requests ||
                   options_.expected() == 0;
        });
    }
    return std::exchange(queue_, {});
}

GroupWriter::Queue GroupWriter::evaluate_group(Queue& waiting, Transaction& changes) const {
    Queue group;
    while (!waiting.empty() && group.size() < options_.max_group_requests &&
           changes.size() < options_.max_group_bytes) {
        group.push_back(std::move(waiting.front()));
        waiting.pop_front();
        group.back()->evaluate(changes);
    }
    return group;
}

Result<> GroupWriter::commit(Transaction& changes, std::size_t requests) {
    if (changes.empty()) {
        return {};
    }
    const auto begin = clock_.steady();
    auto committed = changes.commit();
    if (committed && options_.on_commit) {
        options_.on_commit(requests,
                           std::chrono::duration<double>(clock_.steady() - begin).count());
    }
    return committed;
}

void GroupWriter::fail(Queue group, Queue waiting, const Error& error) {
    if (options_.on_fatal) {
        options_.on_fatal(error);
    }
    {
        const std::scoped_lock lock(mutex_);
        failed_ = true;
        depth_ = 0;
        std::ranges::move(std::exchange(queue_, {}), std::back_inserter(waiting));
    }
    for (const auto& request : group) {
        request->answer_error({Errc::outcome_unknown, error.detail});
    }
    for (const auto& request : waiting) {
        request->answer_error({Errc::unavailable, "the catalog failed: " + error.detail});
    }
}

void GroupWriter::release(std::size_t requests) {
    const std::scoped_lock lock(mutex_);
    depth_ -= requests;
}

}  // namespace slipway::adapters::rocksdb
