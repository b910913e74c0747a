#include "io/file/presence.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/limit_of_descriptors.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;

TEST_CASE("what is absent is told from what cannot be looked at") {
  const test::temporary_directory root;
  const std::string path = root.file("a", "12345");
  REQUIRE(io::is_there(path).has_value());
  CHECK(*io::is_there(path));
  CHECK((*io::look_for(path))->st_size == 5);
  CHECK(S_ISDIR((*io::look_for(root.path()))->st_mode));
  std::filesystem::create_symlink("nowhere", root.path() + "/dangling");
  for (const char* absent : {"/b", "/a/below", "/b/c", "/dangling"}) {
    CAPTURE(absent);
    REQUIRE(io::is_there(root.path() + absent).has_value());
    CHECK_FALSE(*io::is_there(root.path() + absent));
  }
  CHECK_FALSE(*io::is_there(""));
  test::make_unreadable(path);
  for (const std::string& one : {path, path + "/below"}) {
    REQUIRE_FALSE(io::is_there(one).has_value());
    CHECK(io::is_there(one).error().code == errc::unreadable);
    CHECK(io::is_there(one).error().message ==
          one + ": cannot look at it: Too many levels of symbolic links");
  }
}

TEST_CASE("a directory that cannot be listed is not an empty one") {
  const test::temporary_directory root;
  root.file("d/b", "");
  root.file("d/a", "");
  const std::string d = root.path() + "/d";
  CHECK(io::paths_in(d).value() == std::vector<std::string>{d + "/a", d + "/b"});
  CHECK_FALSE(io::paths_in(root.path() + "/none").value());
  CHECK_FALSE(io::paths_in(d + "/a").value());
  {
    const test::limit_of_descriptors low(3);
    const auto full = io::paths_in(d);
    REQUIRE_FALSE(full.has_value());
    CHECK(full.error().code == errc::disk);
    CHECK(full.error().message == d + ": cannot look at it: Too many open files");
  }
  test::make_unreadable(d);
  REQUIRE_FALSE(io::paths_in(d).has_value());
  CHECK(io::paths_in(d).error().code == errc::unreadable);
}

TEST_CASE("a directory of somebody else's is not one that is absent") {
  if (::geteuid() != 0) return;  // who is not root has no other user
  const test::temporary_directory root;
  root.file("theirs/d/a", "");
  std::filesystem::permissions(root.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(root.path() + "/theirs", std::filesystem::perms(0700));
  REQUIRE(::seteuid(65534) == 0);
  const auto file = io::is_there(root.path() + "/theirs/d/a");
  const auto directory = io::paths_in(root.path() + "/theirs/d");
  REQUIRE(::seteuid(0) == 0);
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error().code == errc::unreadable);
  CHECK(file.error().message.ends_with("theirs/d/a: cannot look at it: Permission denied"));
  REQUIRE_FALSE(directory.has_value());
  CHECK(directory.error().code == errc::unreadable);
}
