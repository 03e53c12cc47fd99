// StoreDescription: an S3 store as operators write it, one [[store]] of a TOML file, the same for
// slipwayd and for `slipway admin store` (docs/stores.md). Read strictly: what is not understood is
// refused with the name of the key. It holds no secret.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/credentials.hpp"
#include "adapters/s3/endpoint.hpp"
#include "adapters/s3/store/downloads.hpp"
#include "base/result.hpp"
#include "sigv4/signer.hpp"

namespace slipway::adapters::s3 {

// dr: it has a copy of every file, and takes nothing else until it is told to (docs/stores.md).
enum class StoreRole { normal, dr };

struct StoreDescription {
    std::string name;  // 1 to 32 of a-z, 0-9 and "-"; begins and ends with none of the latter
    Endpoint endpoint;
    std::string bucket;
    std::string prefix;            // of every key, as it is; may be empty
    std::string credentials_file;  // empty: the environment has the keys
    Downloads downloads = Downloads::through;
    unsigned weight = 1;  // its share of what is new, 0 to 1,000; 0: none of it
    StoreRole role = StoreRole::normal;
};

// The stores of a TOML document, in its order; other keys and sections of it are their readers'.
// Errors: invalid, "store.NAME.KEY: REASON (ORIGIN)"; a store without a usable name is "store[N]",
// counted from 1.
Result<std::vector<StoreDescription>> parse_stores(std::string_view toml,
                                                   const std::string& origin);
// As parse_stores(), of a file of up to 1 MiB. Errors: also those of reading it.
Result<std::vector<StoreDescription>> load_stores(const std::filesystem::path& file);

// The store as the [[store]] that describes it.
std::string print_store(const StoreDescription& store);

// The keys in SLIPWAY_STORE_NAME_ACCESS_KEY_ID, _SECRET_ACCESS_KEY and perhaps _SESSION_TOKEN, with
// the store's name in capitals and "_" for "-"; where the first is not set, those of the
// credentials file: of its section [NAME], else of [default]. Errors: invalid, with what is
// missing.
Result<sigv4::Credentials> find_credentials(const StoreDescription& store,
                                            const Variables& environment);

}  // namespace slipway::adapters::s3
