// Which of this process' threads go first where they want more processors than there are: event
// loops, because whoever waits for an answer waits for them; threads that block wait for a disk
// most of the time and can do so a little longer.
#pragma once

#include <chrono>

namespace slipway::runtime {

// The slice of time that a loop asks for, from 100 us up: whoever asks for less is put before those
// that ask for more, and for no longer than that. Linux before 6.12 has one length for all.
constexpr std::chrono::microseconds kLoopSlice{100};
// Steps of nice that blocking threads stand behind loops: a third of a loop's share.
constexpr int kBlockingNice = 5;

// Of the calling thread. What the system refuses is left as it is: all works without.
void run_as_loop();
// Of the calling thread, once; cheap from then on.
void run_as_blocking();

}  // namespace slipway::runtime
