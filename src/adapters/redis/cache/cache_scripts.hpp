// The scripts by which the cache of uploads is read and changed: each is one step for everybody
// else. docs/cluster.md says what the fields are.
//
// Keys of all: the upload's hash, the hash of its parts' records, the generation: a text that is
// never the same twice. The first argument of all is the run id of the server's process: an entry
// counts only where the process and the generation are those under which it was filled.
#pragma once

#include "adapters/redis/client/script.hpp"

namespace slipway::adapters::redis {

struct CacheScripts {
    CacheScripts();

    // Arguments: milliseconds for which an entry counts, a ticket, what is wanted, "upload" or
    // "parts", and milliseconds for which a ticket keeps others from having one; it lives thirty
    // times as long. Answers {1, …} with the upload's record, and with all parts' records by their
    // numbers where they are wanted. Otherwise {0, ticket} to the first who asks, which is void as
    // soon as anything of the upload is changed, and {0} to others.
    Script look;
    // Arguments: the ticket, milliseconds to live, and the pairs of fields of the hash, their
    // number in front; then those of the parts. Answers 1; or 0, where the ticket is void.
    Script fill;
    // Arguments: milliseconds to live, epoch, number and record of a part that is committed.
    // Answers 1 where the entry has it now, and 0 where there is none; one of another epoch goes.
    Script add_part;
};

}  // namespace slipway::adapters::redis
