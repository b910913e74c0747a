#include "io/file/replacement.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/plain_disk.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::io;
using test::content_of;
namespace fs = std::filesystem;

namespace {

std::size_t names_in(const test::temporary_directory& where) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(where.path()), fs::directory_iterator()));
}

replacement begun(const std::string& path, std::string_view text) {
  auto made = replacement::begin(path);
  REQUIRE(made.has_value());
  REQUIRE(!made->content().write(text, 0).problem);
  return std::move(*made);
}

}  // namespace

TEST_CASE("a replacement takes a file's place, whole, with the permissions that this had") {
  const test::temporary_directory files;
  const std::string path = files.file("out", "old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  {
    auto made = begun(path, "new");
    CHECK(content_of(path) == "old");
    CHECK(names_in(files) == 1);
    REQUIRE(made.take_over().has_value());
  }
  CHECK(content_of(path) == "new");
  CHECK(names_in(files) == 1);
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0640);
}

TEST_CASE("one that takes no place leaves nothing") {
  const test::temporary_directory files;
  const std::string path = files.file("out", "old");
  { const auto made = begun(path, "new"); }
  CHECK(content_of(path) == "old");
  CHECK(names_in(files) == 1);
}

TEST_CASE("a name is taken only where nothing has it") {
  const test::temporary_directory files;
  const std::string path = files.path() + "/out";
  auto first = begun(path, "first");
  auto second = begun(path, "second");
  CHECK(first.take_name().has_value());
  const auto late = second.take_name();
  REQUIRE(!late.has_value());
  CHECK(late.error().code == errc::busy);
  CHECK(late.error().message == path + ": another process has made it meanwhile; try again");
  CHECK(content_of(path) == "first");
}

TEST_CASE("where there are no hard links a name is taken all the same, and only a free one") {
  const test::temporary_directory files;
  const std::string path = files.path() + "/out";
  const bool was_tried = test::on_plain_disk([&] {
    auto first = begun(path, "first");
    auto second = begun(path, "second");
    CHECK(!first.is_nameless());
    CHECK(names_in(files) == 2);
    CHECK(first.take_name().has_value());
    CHECK(content_of(path) == "first");
    CHECK(!second.take_name().has_value());
    CHECK(second.take_over().has_value());
    auto third = begun(files.path() + "/other", "third");
    REQUIRE(::unlink((files.path() + "/other.retort-new.1").c_str()) == 0);
    CHECK(!third.take_name().has_value());
  });
  if (!was_tried) return;
  CHECK(content_of(path) == "second");
  CHECK(names_in(files) == 1);
}

TEST_CASE("a name that a file has got already, as where the server's reply was lost, is taken") {
  const test::temporary_directory files;
  const std::string path = files.path() + "/out";
  auto made = begun(path, "new");
  if (!made.is_nameless()) return;
  const std::string from = "/proc/self/fd/" + std::to_string(made.content().descriptor());
  REQUIRE(::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0);
  CHECK(made.take_name().has_value());
}

TEST_CASE("a file in the making that another takes for left behind says that it is not alone") {
  const test::temporary_directory files;
  const std::string path = files.file("out", "old");
  (void)test::on_plain_disk([&] {
    for (const bool has_other : {true, false}) {
      CAPTURE(has_other);
      auto made = begun(path, "new");
      fs::remove(path + ".retort-new.1");
      if (has_other) files.file("out.retort-new.1", "another's");
      const auto taken = made.take_over();
      REQUIRE(!taken.has_value());
      CHECK(taken.error().code == errc::busy);
      CHECK(taken.error().message ==
            path +
                ": what was to take its place is gone: another retort may be at work on it; "
                "try again when that has ended");
      CHECK(content_of(path) == "old");
    }
  });
}

TEST_CASE("a link stays one, and what it leads to is replaced; names beside are left alone") {
  const test::temporary_directory files;
  files.file("there/out", "old");
  files.file("there/out.new.1", "somebody's");
  const std::string link = files.path() + "/link";
  fs::create_symlink("there/out", link);
  auto made = begun(link, "new");
  REQUIRE(made.take_over().has_value());
  CHECK(fs::is_symlink(link));
  CHECK(content_of(files.path() + "/there/out") == "new");
  CHECK(content_of(files.path() + "/there/out.new.1") == "somebody's");
  CHECK(!fs::exists(files.path() + "/there/out.new.2"));
}

TEST_CASE("what a killed process left under its name is removed, what a living one makes is not") {
  const test::temporary_directory files;
  const std::string path = files.file("out", "old");
  files.file("out.retort-new.1", "of one that is killed");
  const std::string other = files.file("out.retort-new.2", "of one that lives");
  const auto living = file::open(other, O_RDWR);
  REQUIRE(living.has_value());
  REQUIRE((*living)->lock().has_value());
  files.file("out.retort-new.3", "of another");
  REQUIRE(begun(path, "new").take_over().has_value());
  CHECK(content_of(path) == "new");
  CHECK(!fs::exists(path + ".retort-new.1"));
  CHECK(content_of(other) == "of one that lives");
  CHECK(fs::exists(path + ".retort-new.3"));  // it was in nobody's way
}

TEST_CASE("a replacement in its place is no longer locked, and a link under its name no way out") {
  const test::temporary_directory files;
  const std::string path = files.file("out", "old");
  const std::string other = files.file("other", "somebody's");
  fs::create_symlink("other", path + ".retort-new.1");
  auto made = begun(path, "new");
  REQUIRE(made.take_over().has_value());
  CHECK(content_of(other) == "somebody's");
  CHECK(content_of(path) == "new");
  auto again = file::open(path, O_RDWR);
  REQUIRE(again.has_value());
  CHECK((*again)->lock().has_value());
}

TEST_CASE("where no file can be made, that is said of the path") {
  const test::temporary_directory files;
  const auto made = replacement::begin(files.path() + "/none/out");
  REQUIRE(!made.has_value());
  CHECK(made.error().message ==
        files.path() + "/none/out: cannot be written: No such file or directory");
}
