#include "daemon/cluster/shared_administrator.hpp"

#include <array>
#include <string>
#include <utility>

#include "base/encoding.hpp"
#include "daemon/durable_file.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {

namespace {

constexpr const char* kAdministrator = "administrator";
constexpr const char* kLocalFiles = "local_files";

// Empty: there is none.
Result<AdministratorKey> shared_key(const std::string& word) {
    AdministratorKey key;
    if (!decode_hex(word, key.digest.bytes)) {
        return failure(Errc::corrupted,
                       "metadata: the digest of the administrator's key is damaged");
    }
    return key;
}

// What tells this data directory from others; made where there is nothing.
Result<std::string> directory_id(const std::filesystem::path& directory, ports::Random& random) {
    const auto path = directory / "directory.id";
    auto kept = read_small_file(path);
    if (kept) {
        return kept->substr(0, kept->find('\n'));
    }
    if (kept.error().code != Errc::not_found) {
        return kept;
    }
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    auto id = encode_hex(bytes);
    if (auto written = write_durably(path, id + "\n"); !written) {
        return std::unexpected(written.error());
    }
    return id;
}

}  // namespace

Result<AdministratorKey> share_administrator_key(const Environment& environment,
                                                 const Config& config,
                                                 const std::filesystem::path& directory,
                                                 ports::Random& random, ports::SharedState& state) {
    if (states_administrator_key(environment, config)) {
        return load_administrator_key(environment, config, directory, random);
    }
    const auto known = runtime::run_blocking(state.word(kAdministrator));
    if (!known) {
        return std::unexpected(known.error());
    }
    if (!known->empty()) {
        return shared_key(*known);
    }
    auto own = load_administrator_key(environment, config, directory, random);
    if (!own) {
        return own;
    }
    const auto shared = runtime::run_blocking(
        state.replace_word(kAdministrator, "", encode_hex(own->digest.view())));
    if (!shared && shared.error().code == Errc::conflict) {
        // Another was quicker: its key is that of all.
        const auto theirs = runtime::run_blocking(state.word(kAdministrator));
        return theirs ? shared_key(*theirs) : std::unexpected(theirs.error());
    }
    return shared ? own : std::unexpected(shared.error());
}

Result<> claim_local_store(const std::filesystem::path& directory, ports::Random& random,
                           ports::SharedState& state) {
    const auto id = directory_id(directory, random);
    if (!id) {
        return std::unexpected(id.error());
    }
    auto claimed = runtime::run_blocking(state.replace_word(kLocalFiles, "", *id));
    if (!claimed && claimed.error().code == Errc::conflict) {
        return failure(Errc::invalid,
                       "store: another server of this database keeps files below its data "
                       "directory, where this one does not see them; several servers need a "
                       "[[store]] that all of them reach");
    }
    return claimed;
}

}  // namespace slipway::daemon
