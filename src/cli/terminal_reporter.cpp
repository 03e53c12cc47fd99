#include "cli/terminal_reporter.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/console.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kPlain = "\x1b[0m";

std::size_t terminal_width(int descriptor) {
    winsize size{};
    return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

TerminalReporter::TerminalReporter(int descriptor, LineDrawing drawing, Colour colour)
    : descriptor_(descriptor), drawing_(drawing), colour_(colour) {
    state_.total_files = 0;
}

std::string TerminalReporter::coloured(const char* code, const std::string& text) const {
    return colour_ == Colour::yes ? code + text + kPlain : text;
}

void TerminalReporter::erase() {
    if (visible_) {
        write_all(descriptor_, "\r\x1b[K");
        visible_ = false;
    }
}

void TerminalReporter::print(const std::string& line) {
    erase();
    write_all(descriptor_, line + "\n");
}

void TerminalReporter::draw(std::chrono::steady_clock::time_point now) {
    if (drawing_ == LineDrawing::none || now - drawn_at_ < kRedraw) {
        return;
    }
    drawn_at_ = now;
    rate_.sample(now, moved_);
    state_.per_second = rate_.per_second();
    // One column stays free: a full line would wrap on some terminals.
    write_all(descriptor_,
              "\r" + format_progress(state_, terminal_width(descriptor_) - 1) + "\x1b[K");
    visible_ = true;
}

void TerminalReporter::expect(std::uint64_t files, std::uint64_t bytes) {
    state_.total_files += files;
    state_.total_bytes += bytes;
}

void TerminalReporter::started(const TransferStart& start) {
    state_.name = start.path;
}

void TerminalReporter::resumed(const TransferStart& start) {
    state_.name = start.path;
    state_.done_bytes += start.done_bytes;
    print(printable(start.path) + ": resuming, " + format_size(start.done_bytes) + " of " +
          format_size(start.size) + " are there");
}

void TerminalReporter::part(const PartDone&) {
    tick();
}

void TerminalReporter::retrying(const RetryReport& retry) {
    ++state_.retries;
    // The first ones of each trouble are told; the rest is in the count.
    if (retry.attempt <= 2) {
        print(coloured(kYellow, "retry") + " " + printable(retry.what) + " in " +
              std::to_string(retry.delay.count()) + " ms: " + printable(retry.reason));
    }
    tick();
}

void TerminalReporter::completed(const TransferDone& done) {
    ++state_.done_files;
    // On standard error nothing is said of what went well.
    if (descriptor_ == STDERR_FILENO) {
        return;
    }
    print(coloured(kGreen, done.id) + "  " + printable(done.url) + "  " + printable(done.path));
    tick();
}

void TerminalReporter::skipped(const std::string& path, const std::string& reason) {
    print("skipped " + printable(path) + ": " + printable(reason));
}

void TerminalReporter::failed(const std::string& path, const Failure& failure) {
    erase();
    print_error(path + ": " + failure.message);
}

void TerminalReporter::notice(const std::string& text) {
    erase();
    print_error(text);
}

void TerminalReporter::moved(std::int64_t bytes) {
    state_.done_bytes += static_cast<std::uint64_t>(bytes);
    moved_ += static_cast<std::uint64_t>(bytes);
    draw(std::chrono::steady_clock::now());
}

void TerminalReporter::tick() {
    draw(std::chrono::steady_clock::now());
}

void TerminalReporter::finish() {
    erase();
}

}  // namespace slipway::cli
