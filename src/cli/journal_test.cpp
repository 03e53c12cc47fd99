#include "cli/journal.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/test_directory.hpp"

namespace slipway::cli {
namespace {

// Not UTF-8 on purpose: a path is bytes.
const JournalKey kKey{"/data/\xff name", "http://server"};
constexpr SourceIdentity kIdentity{1, 2, 3'000'000'000'000ULL, -5, 1'795'376'160'123'456'789LL};

JournalUpload upload_of(const JournalKey& key, std::string id) {
    return {0, key, kIdentity, std::move(id), 8 << 20, 3};
}

JournalPart part_of(std::uint32_t number) {
    JournalPart part{number, (number - 1) * (std::uint64_t{8} << 20), 8 << 20, {}};
    part.sha256.bytes.fill(static_cast<std::byte>(number));
    return part;
}

std::unique_ptr<Journal> open_journal(const std::string& path) {
    auto journal = Journal::open(path);
    if (!journal) {
        ADD_FAILURE() << journal.error().detail;
        std::abort();
    }
    return *std::move(journal);
}

TEST(Journal, RemembersAnUploadAndItsParts) {
    const TestDirectory directory;
    const auto path = directory.file("a/b/journal.db");
    {
        const auto journal = open_journal(path);
        EXPECT_FALSE(*journal->find(kKey));
        const auto row = journal->begin(upload_of(kKey, "id1"));
        ASSERT_TRUE(row);
        EXPECT_TRUE(journal->add_part(*row, part_of(3)));
        EXPECT_TRUE(journal->add_part(*row, part_of(1)));
        EXPECT_TRUE(journal->add_part(*row, part_of(1)));
    }
    const auto journal = open_journal(path);
    const auto found = *journal->find(kKey);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->upload_id, "id1");
    EXPECT_EQ(found->identity, kIdentity);
    EXPECT_EQ(found->chunk_size, 8U << 20);
    EXPECT_EQ(found->total_parts, 3U);
    const auto parts = *journal->parts(found->row);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].number, 1U);
    EXPECT_EQ(parts[1].number, 3U);
    EXPECT_EQ(parts[1].offset, 16U << 20);
    EXPECT_EQ(parts[1].sha256, part_of(3).sha256);
}

TEST(Journal, IsPrivate) {
    const TestDirectory directory;
    const auto path = directory.file("state/journal.db");
    open_journal(path);
    const auto permissions =
        std::filesystem::status(std::filesystem::path(path).parent_path()).permissions();
    EXPECT_EQ(permissions, std::filesystem::perms::owner_all);
}

TEST(Journal, ANewUploadTakesThePlaceOfTheOldOne) {
    const TestDirectory directory;
    const auto journal = open_journal(directory.file("journal.db"));
    const auto first = *journal->begin(upload_of(kKey, "id1"));
    EXPECT_TRUE(journal->add_part(first, part_of(1)));
    const auto second = *journal->begin(upload_of(kKey, "id2"));
    EXPECT_EQ((*journal->find(kKey))->upload_id, "id2");
    EXPECT_TRUE(journal->parts(second)->empty());
    EXPECT_TRUE(journal->parts(first)->empty());
}

TEST(Journal, KeysAreToldApart) {
    const TestDirectory directory;
    const auto journal = open_journal(directory.file("journal.db"));
    const JournalKey other_server{kKey.path, "http://other"};
    const JournalKey other_path{"/data/b", kKey.server};
    ASSERT_TRUE(journal->begin(upload_of(kKey, "id1")));
    EXPECT_FALSE(*journal->find(other_server));
    EXPECT_FALSE(*journal->find(other_path));
    ASSERT_TRUE(journal->begin(upload_of(other_server, "id2")));
    EXPECT_EQ((*journal->find(kKey))->upload_id, "id1");
}

TEST(Journal, Forgets) {
    const TestDirectory directory;
    const auto journal = open_journal(directory.file("journal.db"));
    const auto row = *journal->begin(upload_of(kKey, "id1"));
    EXPECT_TRUE(journal->add_part(row, part_of(1)));
    EXPECT_TRUE(journal->forget(row));
    EXPECT_FALSE(*journal->find(kKey));
    EXPECT_TRUE(journal->parts(row)->empty());

    const auto again = *journal->begin(upload_of(kKey, "id2"));
    EXPECT_TRUE(journal->add_part(again, part_of(1)));
    EXPECT_TRUE(journal->forget_upload("http://other", "id2"));
    EXPECT_TRUE(*journal->find(kKey));
    EXPECT_TRUE(journal->forget_upload(kKey.server, "id2"));
    EXPECT_FALSE(*journal->find(kKey));
    EXPECT_TRUE(journal->parts(again)->empty());
}

TEST(Journal, AnIdentityCanBeBroughtUpToDate) {
    const TestDirectory directory;
    const auto journal = open_journal(directory.file("journal.db"));
    const auto row = *journal->begin(upload_of(kKey, "id1"));
    auto touched = kIdentity;
    touched.mtime_ns = 77;
    EXPECT_TRUE(journal->update_identity(row, touched));
    EXPECT_EQ((*journal->find(kKey))->identity, touched);
}

TEST(Journal, FinishedFilesOfADirectory) {
    const TestDirectory directory;
    const auto journal = open_journal(directory.file("journal.db"));
    EXPECT_FALSE(*journal->find_finished(kKey, "/data"));
    const auto row = *journal->begin(upload_of(kKey, "file1"));
    EXPECT_TRUE(journal->add_part(row, part_of(1)));
    EXPECT_TRUE(journal->finish(row, {kKey, "/data", kIdentity, "file1"}));
    EXPECT_FALSE(*journal->find(kKey));
    EXPECT_TRUE(journal->parts(row)->empty());
    const auto found = *journal->find_finished(kKey, "/data");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->file_id, "file1");
    EXPECT_EQ(found->identity, kIdentity);
    EXPECT_FALSE(*journal->find_finished(kKey, "/other"));
    EXPECT_TRUE(journal->clear_finished(kKey.server, "/other"));
    EXPECT_TRUE(*journal->find_finished(kKey, "/data"));
    EXPECT_TRUE(journal->clear_finished(kKey.server, "/data"));
    EXPECT_FALSE(*journal->find_finished(kKey, "/data"));
}

TEST(Journal, AFileThatWasNamedItselfIsNotNoted) {
    const TestDirectory directory;
    const auto journal = open_journal(directory.file("journal.db"));
    const auto row = *journal->begin(upload_of(kKey, "file1"));
    EXPECT_TRUE(journal->finish(row, {kKey, "", kIdentity, "file1"}));
    EXPECT_FALSE(*journal->find(kKey));
    EXPECT_FALSE(*journal->find_finished(kKey, ""));
}

TEST(Journal, OneUploaderPerFile) {
    const TestDirectory directory;
    const auto first = open_journal(directory.file("journal.db"));
    const auto second = open_journal(directory.file("journal.db"));
    {
        const auto held = first->lock(kKey);
        ASSERT_TRUE(held);
        const auto refused = second->lock(kKey);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::conflict);
        EXPECT_FALSE(first->lock(kKey));
        EXPECT_TRUE(second->lock({"/data/other", kKey.server}));
    }
    EXPECT_TRUE(second->lock(kKey));
}

TEST(Journal, SeveralProcessesAtOnceLoseNothing) {
    const TestDirectory directory;
    const auto path = directory.file("journal.db");
    constexpr int kProcesses = 4;
    constexpr int kUploads = 50;
    std::vector<pid_t> children;
    for (int process = 0; process < kProcesses; ++process) {
        const pid_t child = ::fork();
        if (child == 0) {
            auto journal = Journal::open(path);
            bool good = journal.has_value();
            if (!good) {
                std::fputs((journal.error().detail + "\n").c_str(), stderr);
            }
            for (int i = 0; good && i < kUploads; ++i) {
                const JournalKey key{std::to_string(process) + "/" + std::to_string(i), "s"};
                const auto row = (*journal)->begin(upload_of(key, "id"));
                const auto added =
                    row ? (*journal)->add_part(*row, part_of(1)) : std::unexpected(row.error());
                good = added.has_value();
                if (!good) {
                    std::fputs((added.error().detail + "\n").c_str(), stderr);
                }
            }
            ::_exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    const auto journal = open_journal(path);
    for (int process = 0; process < kProcesses; ++process) {
        for (int i = 0; i < kUploads; ++i) {
            const auto found =
                *journal->find({std::to_string(process) + "/" + std::to_string(i), "s"});
            ASSERT_TRUE(found) << process << "/" << i;
            EXPECT_EQ(journal->parts(found->row)->size(), 1U);
        }
    }
}

TEST(Journal, SurvivesBeingKilled) {
    const TestDirectory directory;
    const auto path = directory.file("journal.db");
    for (int round = 0; round < 5; ++round) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto journal = Journal::open(path);
            for (std::uint32_t i = 1; journal; ++i) {
                const auto row = (*journal)->begin(upload_of(kKey, "id" + std::to_string(i)));
                static_cast<void>((*journal)->add_part(*row, part_of(1)));
                // Told only after it was committed.
                static_cast<void>(::write(pipe[1], &i, sizeof i));
            }
            ::_exit(1);
        }
        ::close(pipe[1]);
        std::uint32_t last = 0;
        for (int i = 0; i < 40; ++i) {
            ASSERT_EQ(::read(pipe[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(pipe[0]);
        const auto journal = open_journal(path);
        const auto found = *journal->find(kKey);
        ASSERT_TRUE(found);
        EXPECT_GE(std::stoul(found->upload_id.substr(2)), last);
    }
}

TEST(Journal, AFileThatIsNoDatabaseIsRefused) {
    const TestDirectory directory;
    const auto path = directory.write("journal.db", std::string(8192, 'x'));
    const auto journal = Journal::open(path);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, Errc::corrupted);
    EXPECT_TRUE(journal.error().detail.contains(path));
}

TEST(Journal, ANewerOneIsRefused) {
    const TestDirectory directory;
    const auto path = directory.file("journal.db");
    open_journal(path);
    {
        auto database = SqliteDatabase::open(path);
        ASSERT_TRUE(database);
        ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
    }
    const auto journal = Journal::open(path);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, Errc::unsupported);
}

}  // namespace
}  // namespace slipway::cli
