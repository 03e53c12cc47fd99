#include "adapters/s3/setup/store_description.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "adapters/s3/object_name.hpp"
#include "base/word.hpp"
#include "http/client.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::size_t kLongestRegion = 64;
constexpr std::size_t kLongestFile = 1 << 20;
constexpr unsigned kHeaviest = 1'000;

// What is wrong with a value; nothing where it was taken.
using Complaint = std::optional<std::string>;

template <class Value>
struct Choice {
    std::string_view word;
    Value value;
};

constexpr std::array kStyles{Choice{"path", AddressStyle::path},
                             Choice{"host", AddressStyle::host}};
constexpr std::array kChecksums{Choice{"header", ChecksumMode::header},
                                Choice{"trailer", ChecksumMode::trailer},
                                Choice{"none", ChecksumMode::none}};
constexpr std::array kDownloads{Choice{"through", Downloads::through},
                                Choice{"redirect", Downloads::redirect}};
constexpr std::array kRoles{Choice{"normal", StoreRole::normal}, Choice{"dr", StoreRole::dr}};

template <class Choices, class Value>
Complaint choose(const Choices& choices, std::string_view word, Value& value) {
    std::string words;
    for (const auto& choice : choices) {
        if (choice.word == word) {
            value = choice.value;
            return std::nullopt;
        }
        words += (words.empty() ? "\"" : ", \"") + std::string(choice.word) + '"';
    }
    return "must be one of " + words;
}

template <class Choices, class Value>
std::string_view word_of(const Choices& choices, Value value) {
    return std::ranges::find(choices, value, [](const auto& choice) { return choice.value; })->word;
}

Complaint complaint_of(const Result<>& checked) {
    return checked ? Complaint() : Complaint(checked.error().detail);
}

Complaint take_endpoint(StoreDescription& store, const std::string& text) {
    store.endpoint.url = text;
    if (const auto url = parse_endpoint_url(text); !url) {
        return url.error().detail;
    }
    return complaint_of(http::check_client_url(text));
}

Complaint take_bucket(StoreDescription& store, const std::string& text) {
    store.bucket = text;
    return complaint_of(check_bucket_name(text));
}

Complaint take_prefix(StoreDescription& store, const std::string& text) {
    store.prefix = text;
    // Room for the rest of a key.
    constexpr std::size_t kLongestPrefix = 512;
    if (text.size() > kLongestPrefix || !check_object_name({"any", text + "x"})) {
        return "is no beginning of keys that every store takes";
    }
    return std::nullopt;
}

Complaint take_region(StoreDescription& store, const std::string& text) {
    store.endpoint.region = text;
    return is_word(text, kLongestRegion) ? Complaint() : "must be of a-z, 0-9 and \"-\"";
}

Complaint take_ca_file(StoreDescription& store, const std::string& text) {
    store.endpoint.ca = text;
    return text.empty() ? Complaint("is empty") : complaint_of(http::check_authorities(text));
}

struct TextKey {
    std::string_view name;
    Complaint (*take)(StoreDescription& store, const std::string& text);
};

constexpr std::array kTextKeys{
    TextKey{"name", [](StoreDescription&, const std::string&) { return Complaint(); }},
    TextKey{"kind",
            [](StoreDescription&, const std::string& text) {
                return text == "s3" ? Complaint() : "must be \"s3\"";
            }},
    TextKey{"endpoint", take_endpoint},
    TextKey{"bucket", take_bucket},
    TextKey{"prefix", take_prefix},
    TextKey{"region", take_region},
    TextKey{"style",
            [](StoreDescription& store, const std::string& text) {
                return choose(kStyles, text, store.endpoint.style);
            }},
    TextKey{"checksum",
            [](StoreDescription& store, const std::string& text) {
                return choose(kChecksums, text, store.endpoint.checksums);
            }},
    TextKey{"credentials_file",
            [](StoreDescription& store, const std::string& text) {
                store.credentials_file = text;
                return text.empty() ? Complaint("is empty") : Complaint();
            }},
    TextKey{"ca_file", take_ca_file},
    TextKey{"downloads",
            [](StoreDescription& store, const std::string& text) {
                return choose(kDownloads, text, store.downloads);
            }},
    TextKey{"role", [](StoreDescription& store,
                       const std::string& text) { return choose(kRoles, text, store.role); }},
};
constexpr std::array<std::string_view, 4> kRequired{"name", "kind", "endpoint", "bucket"};

Complaint take_weight(StoreDescription& store, const toml::node& node) {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < 0 || number->get() > kHeaviest) {
        return "must be a whole number from 0 to " + std::to_string(kHeaviest);
    }
    store.weight = static_cast<unsigned>(number->get());
    return std::nullopt;
}

Complaint take(StoreDescription& store, std::string_view key, const toml::node& node) {
    if (key == "weight") {
        return take_weight(store, node);
    }
    const auto known = std::ranges::find(kTextKeys, key, &TextKey::name);
    if (known == kTextKeys.end()) {
        return "is not a key";
    }
    const auto* text = node.as_string();
    return text == nullptr ? "must be a string" : known->take(store, text->get());
}

bool is_address(std::string_view authority) {
    const auto host = authority.substr(0, authority.find(':'));
    return authority.starts_with('[') || host.find_first_not_of("0123456789.") == host.npos;
}

// Combinations that cannot work, as "KEY: REASON".
Complaint find_contradiction(const StoreDescription& store) {
    const auto url = parse_endpoint_url(store.endpoint.url);
    if (url->scheme == "http" && !store.endpoint.ca.empty()) {
        return "ca_file: is for https, and endpoint is http";
    }
    if (store.endpoint.style == AddressStyle::host && is_address(url->authority)) {
        return "style: \"host\" needs an endpoint with a name, which the bucket's stands before";
    }
    if (store.endpoint.style == AddressStyle::host && url->scheme == "https" &&
        store.bucket.contains('.')) {
        return "style: \"host\" over https needs a bucket without dots: no certificate fits it";
    }
    return std::nullopt;
}

// As "KEY: REASON".
Complaint read_store(const toml::table& table, StoreDescription& store) {
    for (const auto& [key, node] : table) {
        if (const auto complaint = take(store, key.str(), node)) {
            return std::string(key.str()) + ": " + *complaint;
        }
    }
    for (const auto key : kRequired) {
        if (!table.contains(key)) {
            return std::string(key) + ": is missing";
        }
    }
    if (store.role == StoreRole::dr && table.contains("weight")) {
        return "weight: a store with the role \"dr\" has no share of what is new";
    }
    return find_contradiction(store);
}

Result<StoreDescription> parse_store(const toml::node& node, std::size_t number) {
    const std::string counted = "store[" + std::to_string(number) + "]";
    const auto* table = node.as_table();
    if (table == nullptr) {
        return failure(Errc::invalid, counted + ": is not a table");
    }
    StoreDescription store;
    store.name = table->get("name") == nullptr ? "" : table->get("name")->value_or(std::string());
    const bool named = is_word(store.name, kLongestStoreName);
    if (table->contains("name") && !named) {
        return failure(Errc::invalid, counted + ".name: must be 1 to " +
                                          std::to_string(kLongestStoreName) +
                                          " of a-z, 0-9 and \"-\" between them");
    }
    if (const auto complaint = read_store(*table, store)) {
        return failure(Errc::invalid, (named ? "store." + store.name : counted) + "." + *complaint);
    }
    return store;
}

Result<std::vector<StoreDescription>> read_stores(const toml::table& document) {
    std::vector<StoreDescription> stores;
    const auto* all = document.get("store");
    if (all == nullptr) {
        return stores;
    }
    if (!all->is_array()) {
        return failure(Errc::invalid, "store: must be a list: [[store]] for each store");
    }
    for (const auto& node : *all->as_array()) {
        auto store = parse_store(node, stores.size() + 1);
        if (!store) {
            return std::unexpected(store.error());
        }
        if (std::ranges::count(stores, store->name, &StoreDescription::name) > 0) {
            return failure(Errc::invalid,
                           "store." + store->name + ".name: another store has it already");
        }
        if (store->role == StoreRole::dr &&
            std::ranges::count(stores, StoreRole::dr, &StoreDescription::role) > 0) {
            return failure(Errc::invalid,
                           "store." + store->name + ".role: another store has \"dr\" already");
        }
        stores.push_back(*std::move(store));
    }
    return stores;
}

std::string capitals(std::string_view name) {
    std::string out;
    for (const char c : name) {
        out.push_back(c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    return out;
}

}  // namespace

Result<std::vector<StoreDescription>> parse_stores(std::string_view toml,
                                                   const std::string& origin) {
    toml::table document;
    try {
        document = toml::parse(toml);
    } catch (const toml::parse_error& error) {
        std::ostringstream where;
        where << origin << ": " << error.description() << " at " << error.source().begin;
        return failure(Errc::invalid, where.str());
    }
    auto stores = read_stores(document);
    if (!stores) {
        return failure(Errc::invalid, stores.error().detail + " (" + origin + ")");
    }
    return stores;
}

Result<std::vector<StoreDescription>> load_stores(const std::filesystem::path& file) {
    const auto text = read_small_file(file, kLongestFile);
    if (!text) {
        return std::unexpected(text.error());
    }
    return parse_stores(*text, file.string());
}

std::string print_store(const StoreDescription& store) {
    std::ostringstream out;
    const auto print = [&out](std::string_view key, std::string_view value) {
        if (!value.empty()) {
            out << key << " = " << toml::value<std::string>(std::string(value)) << '\n';
        }
    };
    out << "[[store]]\n";
    print("name", store.name);
    print("kind", "s3");
    print("endpoint", store.endpoint.url);
    print("bucket", store.bucket);
    print("prefix", store.prefix);
    print("region", store.endpoint.region);
    print("style", word_of(kStyles, store.endpoint.style));
    print("checksum", word_of(kChecksums, store.endpoint.checksums));
    print("credentials_file", store.credentials_file);
    print("ca_file", store.endpoint.ca);
    print("downloads", word_of(kDownloads, store.downloads));
    if (store.role == StoreRole::dr) {
        print("role", word_of(kRoles, store.role));
    } else {
        out << "weight = " << store.weight << '\n';
    }
    return out.str();
}

Result<sigv4::Credentials> find_credentials(const StoreDescription& store,
                                            const Variables& environment) {
    const std::string prefix = "SLIPWAY_STORE_" + capitals(store.name);
    if (environment(prefix + "_ACCESS_KEY_ID")) {
        return credentials_from_environment(prefix, environment);
    }
    if (store.credentials_file.empty()) {
        return failure(Errc::invalid, "store." + store.name +
                                          ".credentials_file: is not set, and neither is " +
                                          prefix + "_ACCESS_KEY_ID");
    }
    auto found = credentials_from_file(store.credentials_file, {store.name, "default"});
    if (!found) {
        return failure(Errc::invalid,
                       "store." + store.name + ".credentials_file: " + found.error().detail);
    }
    return found;
}

}  // namespace slipway::adapters::s3
