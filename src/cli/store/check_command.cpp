#include "cli/store/check_command.hpp"

#include <array>

#include "adapters/s3/capability_probe.hpp"
#include "adapters/s3/setup/setup_fault.hpp"
#include "adapters/system/system_random.hpp"
#include "base/encoding.hpp"
#include "cli/console.hpp"
#include "cli/text.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

struct Shown {
    std::string_view name;
    bool s3::Capabilities::* value;
    std::string_view meaning;
};

constexpr std::array kShown{
    Shown{"conditional_put", &s3::Capabilities::conditional_put,
          "a PUT can be told not to replace"},
    Shown{"conditional_complete", &s3::Capabilities::conditional_complete,
          "a Complete can be told not to replace"},
    Shown{"checks_checksums", &s3::Capabilities::checks_checksums,
          "a body that differs from its checksum is refused"},
    Shown{"trailing_checksums", &s3::Capabilities::trailing_checksums,
          "a checksum may travel behind its body"},
    Shown{"whole_checksums", &s3::Capabilities::whole_checksums,
          "the checksum of a multipart object is kept"},
    Shown{"checks_size", &s3::Capabilities::checks_size,
          "a Complete that states another size is refused"},
    Shown{"copies_parts", &s3::Capabilities::copies_parts, "parts can be copied in the store"},
    Shown{"lists_at_once", &s3::Capabilities::lists_at_once, "lists tell of what was just made"},
    Shown{"replays_complete", &s3::Capabilities::replays_complete,
          "a second Complete of an upload succeeds"},
    Shown{"tells_complete_etag", &s3::Capabilities::tells_complete_etag,
          "Complete says which ETag the object has"},
    Shown{"checks_direct_parts", &s3::Capabilities::checks_direct_parts,
          "a part that a client sends directly is checked by its SHA-256"},
    Shown{"needs_digests", &s3::Capabilities::needs_digests,
          "half a body without a digest is taken for the whole"},
};

std::string padded(std::string_view text) {
    constexpr std::size_t kWidth = 22;
    return std::string(text) + std::string(kWidth - text.size(), ' ');
}

std::vector<std::string> table_of(const s3::StoreDescription& store,
                                  const s3::Capabilities& found) {
    std::vector<std::string> lines{padded("store") + store.name,
                                   padded("endpoint") + store.endpoint.url,
                                   padded("bucket") + store.bucket};
    for (const Shown& shown : kShown) {
        lines.push_back(padded(shown.name) + (found.*shown.value ? "yes  " : "no   ") +
                        std::string(shown.meaning));
    }
    lines.push_back(padded("smallest_part") + std::to_string(found.smallest_part.value()));
    return lines;
}

json::object json_of(const s3::StoreDescription& store, const s3::Capabilities& found) {
    json::object capabilities;
    for (const Shown& shown : kShown) {
        capabilities[shown.name] = found.*shown.value;
    }
    capabilities["smallest_part"] = found.smallest_part.value();
    return {{"store", store.name}, {"capabilities", std::move(capabilities)}};
}

// Nothing else works on keys that begin with it.
std::string fresh_prefix(const s3::StoreDescription& store) {
    std::array<std::byte, 16> bytes{};
    adapters::system::SystemRandom().fill(bytes);
    return store.prefix + "slipway-check-" + encode_hex(bytes) + "-";
}

Outcome<> tell_problem(const StoreContext& context, const Error& error) {
    const auto problem = s3::explain(context.description, error);
    if (context.form == OutputForm::json) {
        print_entry(context.form,
                    {{"store", context.description.name},
                     {"error", s3::to_string(problem.fault)},
                     {"message", valid_utf8(problem.message)}},
                    "");
    }
    return fail("store " + context.description.name, Error{error.code, problem.message});
}

std::string clock_warning(std::chrono::seconds ahead) {
    const auto minutes = std::chrono::round<std::chrono::minutes>(std::chrono::abs(ahead));
    return std::string(s3::to_string(s3::SetupFault::wrong_clock)) +
           ": the clock of this machine is " + std::to_string(minutes.count()) + " minutes " +
           (ahead.count() > 0 ? "behind" : "ahead of") +
           " the store's; calls are signed by the store's";
}

}  // namespace

Task<Outcome<>> run_store_check(StoreContext context, StoreOptions options) {
    const s3::StoreDescription& store = context.description;
    const auto probe =
        s3::CapabilityProbe::make(store.endpoint, context.credentials, context.clock);
    if (!probe) {
        co_return fail("store " + store.name, probe.error());
    }
    const auto found = co_await (*probe)->run(options.bucket, fresh_prefix(store));
    if (!found) {
        co_return tell_problem(context, found.error());
    }
    json::object report = json_of(store, *found);
    const auto ahead =
        std::chrono::duration_cast<std::chrono::seconds>((*probe)->clock_difference());
    if (ahead.count() != 0) {
        report["clock_difference_seconds"] = ahead.count();
        print_error("store " + store.name + ": " + clock_warning(ahead));
    }
    co_return print_entry(context.form, report, table_of(store, *found));
}

}  // namespace slipway::cli
