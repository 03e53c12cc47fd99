// The part of the catalog's contract that is about lists: who is in them, in which order, in which
// pages.
#include <array>
#include <utility>

#include "contract/catalog_contract.hpp"

namespace slipway::contract {
namespace {

using core::UploadState;
using ports::PageRequest;

}  // namespace

TEST_P(CatalogContract, OpenUploadsOfOneOwnerOnly) {
    create(3, "alice");
    create(1, "alice");
    create(2, "bob");
    create(4, "alic");
    create(5, "alicea");
    create(6, "");
    EXPECT_EQ(ids_of(run(catalog().list_open_uploads("alice", {}))->items),
              (std::vector{id_of(1), id_of(3)}));
    EXPECT_EQ(ids_of(run(catalog().list_open_uploads("", {}))->items), std::vector{id_of(6)});
    EXPECT_TRUE(run(catalog().list_open_uploads("carol", {}))->items.empty());
    EXPECT_EQ(run(catalog().list_open_uploads("bob", {}))->items, std::vector{upload_of(2, "bob")});
}

TEST_P(CatalogContract, OpenUploadsAreThoseThatHaveNotEnded) {
    std::vector<UploadId> unfinished;
    std::uint64_t number = 0;
    for (const auto state : kAllStates) {
        const auto upload = create(++number);
        if (state != UploadState::open) {
            advance(upload, state);
        }
        if (state == UploadState::open || state == UploadState::completing) {
            unfinished.push_back(upload.id);
        }
    }
    EXPECT_EQ(ids_of(run(catalog().list_open_uploads("alice", {}))->items), unfinished);
}

TEST_P(CatalogContract, UploadsAreListedByTheStateTheyAreInNow) {
    std::uint64_t number = 0;
    for (const auto state : kAllStates) {
        const auto upload = create(++number, "owner of " + std::string(to_string(state)));
        const auto middle = advance(upload, UploadState::completing);
        advance(middle, state);
    }
    number = 0;
    for (const auto state : kAllStates) {
        const auto page = run(catalog().list_uploads(state, {}));
        ASSERT_TRUE(succeeds(page));
        EXPECT_EQ(ids_of(page->items), std::vector{id_of(++number)}) << to_string(state);
        EXPECT_EQ(page->items.front().state, state);
        EXPECT_FALSE(page->next);
    }
}

TEST_P(CatalogContract, FilesOfOneOwnerOnly) {
    for (const auto& [number, owner] : std::vector<std::pair<std::uint64_t, std::string>>{
             {3, "alice"}, {2, "bob"}, {1, "alice"}}) {
        complete(create(number, owner));
    }
    create(4, "alice");
    const auto page = run(catalog().list_files("alice", {}));
    ASSERT_TRUE(succeeds(page));
    EXPECT_EQ(page->items, (std::vector{file_of(upload_of(1)), file_of(upload_of(3))}));
    EXPECT_EQ(ids_of(run(catalog().list_files("bob", {}))->items), std::vector{id_of(2)});
    EXPECT_TRUE(run(catalog().list_files("carol", {}))->items.empty());
}

constexpr std::array<std::uint64_t, 4> kSomeIds = {30, 10, 40, 20};

// The three lists page alike: `list(request)` walks the ids 10, 20, 30, 40.
template <class List>
void expect_paging(List list) {
    const std::vector all = {id_of(10), id_of(20), id_of(30), id_of(40)};

    auto page = list(PageRequest{.after = {}, .limit = 4});
    EXPECT_EQ(ids_of(page.items), all);
    EXPECT_FALSE(page.next) << "an exact page has nothing after it";

    page = list(PageRequest{.after = {}, .limit = 5});
    EXPECT_EQ(ids_of(page.items), all);
    EXPECT_FALSE(page.next);

    page = list(PageRequest{.after = {}, .limit = 3});
    EXPECT_EQ(ids_of(page.items), (std::vector{id_of(10), id_of(20), id_of(30)}));
    EXPECT_EQ(page.next, id_of(30));
    page = list(PageRequest{.after = page.next, .limit = 3});
    EXPECT_EQ(ids_of(page.items), std::vector{id_of(40)});
    EXPECT_FALSE(page.next);

    page = list(PageRequest{.after = {}, .limit = 0});
    EXPECT_TRUE(page.items.empty());
    EXPECT_FALSE(page.next) << "a page of nothing cannot be continued";

    page = list(PageRequest{.after = id_of(25), .limit = 1});
    EXPECT_EQ(ids_of(page.items), std::vector{id_of(30)}) << "after an id that does not exist";
    EXPECT_EQ(page.next, id_of(30));

    EXPECT_EQ(ids_of(list(PageRequest{.after = id_of(0), .limit = 9}).items), all);
    EXPECT_TRUE(list(PageRequest{.after = id_of(40), .limit = 9}).items.empty());
    UploadId::Bytes last;
    last.fill(0xFF);
    EXPECT_TRUE(list(PageRequest{.after = UploadId(last), .limit = 9}).items.empty());
    EXPECT_EQ(ids_of(list(PageRequest{.after = {}, .limit = SIZE_MAX}).items), all);
}

TEST_P(CatalogContract, OpenUploadsComeInPages) {
    for (const std::uint64_t number : kSomeIds) {
        create(number);
        create(number + 1, "bob");
    }
    expect_paging(
        [this](PageRequest page) { return *run(catalog().list_open_uploads("alice", page)); });
}

TEST_P(CatalogContract, UploadsOfAStateComeInPages) {
    for (const std::uint64_t number : kSomeIds) {
        advance(create(number), UploadState::expired);
        create(number + 1);
    }
    expect_paging([this](PageRequest page) {
        return *run(catalog().list_uploads(UploadState::expired, page));
    });
}

TEST_P(CatalogContract, FilesComeInPages) {
    for (const std::uint64_t number : kSomeIds) {
        complete(create(number));
        complete(create(number + 1, "bob"));
    }
    expect_paging([this](PageRequest page) { return *run(catalog().list_files("alice", page)); });
}

TEST_P(CatalogContract, ListsFilesOfEveryOwner) {
    for (const std::uint64_t number : kSomeIds) {
        complete(create(number, number % 20 == 0 ? "alice" : "bob"));
    }
    create(50, "alice");
    expect_paging([this](PageRequest page) { return *run(catalog().list_all_files(page)); });
}

TEST_P(CatalogContract, AFileIsMarkedDamagedOnce) {
    EXPECT_TRUE(
        fails_with(run(catalog().mark_damaged(id_of(1), from_unix_millis(5))), Errc::not_found));
    complete(create(1, "alice"));
    EXPECT_FALSE(run(catalog().find_file(id_of(1)))->damaged_at);
    ASSERT_TRUE(succeeds(run(catalog().mark_damaged(id_of(1), from_unix_millis(5)))));
    ASSERT_TRUE(succeeds(run(catalog().mark_damaged(id_of(1), from_unix_millis(9)))));
    auto expected = file_of(upload_of(1));
    expected.damaged_at = from_unix_millis(5);
    EXPECT_EQ(run(catalog().find_file(id_of(1))), expected);
    EXPECT_EQ(run(catalog().list_files("alice", {}))->items, std::vector{expected});
    ASSERT_TRUE(succeeds(run(catalog().remove_file(id_of(1)))));
}

TEST_P(CatalogContract, WhereAFileLiesIsReplacedByWhoKnowsWhereItDoes) {
    const core::FilePlaces next{"copies", {{"memory", from_unix_millis(7)}, {"third", {}}}};
    EXPECT_TRUE(fails_with(run(catalog().set_file_places(id_of(1), {}, next)), Errc::not_found));
    complete(create(1, "alice"));
    auto expected = file_of(upload_of(1));
    const auto before = core::places_of(expected);
    EXPECT_TRUE(fails_with(run(catalog().set_file_places(id_of(1), next, next)), Errc::conflict));
    EXPECT_EQ(run(catalog().find_file(id_of(1))), expected);
    ASSERT_TRUE(succeeds(run(catalog().set_file_places(id_of(1), before, next))));
    expected.storage_node = next.storage_node;
    expected.copies = next.copies;
    EXPECT_EQ(run(catalog().find_file(id_of(1))), expected);
    EXPECT_TRUE(fails_with(run(catalog().set_file_places(id_of(1), before, next)), Errc::conflict));
    ASSERT_TRUE(succeeds(run(catalog().set_file_places(id_of(1), next, before))));
    EXPECT_EQ(core::places_of(*run(catalog().find_file(id_of(1)))), before);
}

TEST_P(CatalogContract, TheLastIdThereIsIsListed) {
    auto upload = upload_of(1);
    UploadId::Bytes last;
    last.fill(0xFF);
    upload.id = UploadId(last);
    ASSERT_TRUE(succeeds(run(catalog().create_upload(upload))));
    auto part = part_of(1);
    part.number = PartNumber(UINT32_MAX);
    put(upload, part);
    EXPECT_EQ(run(catalog().list_open_uploads("alice", {}))->items, std::vector{upload});
    EXPECT_EQ(run(catalog().list_parts(upload.id)), std::vector{part});
    const auto ended = advance(upload, UploadState::aborted);
    EXPECT_EQ(run(catalog().list_uploads(UploadState::aborted, {}))->items, std::vector{ended});
    ASSERT_TRUE(succeeds(run(catalog().forget_upload(upload.id))));
    EXPECT_TRUE(run(catalog().list_parts(upload.id))->empty());
}

}  // namespace slipway::contract
