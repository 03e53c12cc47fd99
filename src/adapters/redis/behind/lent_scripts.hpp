// The scripts by which parts are acknowledged in Redis: each is one step for everybody else.
//
// A loan (ports/part_loans.hpp) is a hash file:loan:{UPLOAD}: `run` (the server's process), `name`,
// `state` (asked, open, closed), `until` (ms), `epoch` and `count`, the number of fields of the
// hash file:lent:{UPLOAD}: each part's record by its number, behind "n" where the catalog is not
// known to have it, else "w". The stream file:unwritten has those with "n" once more, for whoever
// writes them down.
//
// Nothing is acknowledged but in an open loan, in the process in which it was asked for, before its
// time and while all its parts are there: who ends a loan needs to know no more.
#pragma once

#include "adapters/redis/client/script.hpp"

namespace slipway::adapters::redis {

struct LentScripts {
    LentScripts();

    // Keys of the first six: the loan, its parts, the stream. The first argument is the run id of
    // the server's process.

    // Arguments: name, milliseconds. Answers 1; or 0 where there is a loan that may be in use.
    Script ask;
    // Arguments: name, epoch, numbers and records of the parts that the catalog has. Answers 1; or
    // 0 where this loan is none any more, or was not only asked for.
    Script open;
    // Arguments: epoch, number, record. Answers {1}: it has the part now; {2, record}: it had one;
    // {3}: a loan is being opened; {0}: there is none.
    Script accept;
    // Arguments: number. As accept, and {1}: there is no such part.
    Script find;
    // Arguments: name. From now on the loan takes nothing. Answers {1, {number, record, …}} with
    // the parts that may not be written down; {0}: it is not there, or not whole.
    Script close;
    // Arguments: name. The loan is gone.
    Script forget;

    // Key: the stream. Arguments: milliseconds after which somebody else may take what was taken,
    // how many. Answers {taken again, taken, waiting, id of the oldest, now}.
    Script take;
    // Key: the stream. Arguments: of each entry that is written down, its id, the upload, the
    // part's number and the loan's name.
    Script written;
};

}  // namespace slipway::adapters::redis
