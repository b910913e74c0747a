#include "engine/endpoint/secret.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// As it is read from the environment and from a file, which agree; or why not.
std::string read(const std::string& held, secret_form form) {
  const test::temporary_directory files;
  const auto of_file = read_secret({"", files.file("f", held), "env", "file", form}, {}, nullptr);
  const auto get = [&held](const char*) { return held.c_str(); };
  const auto of_variable = read_secret({"V", "", "env", "file", form}, get, nullptr);
  REQUIRE(of_file.has_value() == of_variable.has_value());
  if (!of_variable) return of_variable.error().message;
  CHECK(*of_file == *of_variable);
  return *of_variable;
}

}  // namespace

TEST_CASE("a header's secret is plain letters, the blanks behind it aside") {
  CHECK(read("sk-a/+=~ \t\r\n", secret_form::header) == "sk-a/+=~");
  CHECK(read(" \n", secret_form::header) == "the variable V (env) is empty");
  for (const char* held : {"a b", " a", "p\xc3\xa9", "a\nb", "a\x7f"}) {
    CHECK(read(held, secret_form::header) ==
          "the variable V (env) holds characters that no key has");
  }
}

TEST_CASE("a password is any bytes, the line ends behind it aside") {
  for (const std::string held : {"a b", " a ", "p\xc3\xa9", "a\nb", "\xff\x01"}) {
    CHECK(read(held, secret_form::bytes) == held);
    CHECK(read(held + "\r\n\n", secret_form::bytes) == held);
  }
  CHECK(read("\n", secret_form::bytes) == "the variable V (env) is empty");
}
