// HeadBuffer: bytes that came from the socket and that nobody has consumed: a head, or what
// followed one. It has memory only while it holds bytes or is about to: thousands of idle
// connections each have one.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace slipway::http {

class HeadBuffer {
 public:
    explicit HeadBuffer(std::size_t capacity) : capacity_(capacity) {}

    std::string_view view() const { return {memory_.get() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }

    // Room for more bytes, after those held; empty when `capacity` bytes are held. Invalidates
    // views.
    std::span<std::byte> free_space() {
        if (!memory_) {
            memory_ = std::make_unique_for_overwrite<char[]>(capacity_);
        }
        if (begin_ > 0) {
            std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        return std::as_writable_bytes(std::span(memory_.get() + end_, capacity_ - end_));
    }
    // So many bytes of free_space() were filled.
    void commit(std::size_t count) { end_ += count; }
    void consume(std::size_t count) { begin_ += count; }

    void release_if_empty() {
        if (empty()) {
            memory_.reset();
            begin_ = end_ = 0;
        }
    }

 private:
    std::size_t capacity_;
    std::unique_ptr<char[]> memory_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace slipway::http
