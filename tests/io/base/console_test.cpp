#include "io/base/console.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "io/base/one_line.hpp"

using namespace retort;

namespace {

// What `write` writes.
template <class Write>
std::string written(Write write) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  write(file.get());
  std::rewind(file.get());
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  return text;
}

const std::string hostile = "a\x1b[2J\x1b]0;x\x07\x7f\u009b31m\u202eb\xff\r\nFAKE";
const std::string harmless = "a [2J ]0;x   31m\ufffdb\ufffd  FAKE";

}  // namespace

TEST_CASE("a line is one line and steers no terminal, whoever made it") {
  CHECK(written([](auto* to) { io::print_line(to, hostile); }) == harmless + "\n");
  CHECK(written([](auto* to) { io::print_over(to, io::plain_line(hostile)); }) ==
        "\r\x1b[K" + harmless + "\x1b[J");
  std::string lines;
  io::append_line(lines, hostile);
  CHECK(lines == harmless + "\n");
}

TEST_CASE("lines go over those before, and the cursor stays at the end of the last") {
  CHECK(written([](auto* to) { io::print_over(to, "a\nb\x1b", 3); }) ==
        "\r\x1b[3A\x1b[Ka\n\x1b[Kb \x1b[J");
  CHECK(written([](auto* to) { io::erase_lines(to, 2); }) == "\r\x1b[2A\x1b[J");
  CHECK(written([](auto* to) { io::erase_lines(to); }) == "\r\x1b[J");
}

TEST_CASE("lines keep their newlines and nothing else") {
  CHECK(written([](auto* to) {
          io::print_lines(to,
                          "a\n\x1b"
                          "b\n\nc");
        }) == "a\n b\n\nc");
  CHECK(written([](auto* to) { io::print_lines(to, ""); }) == "");
}
