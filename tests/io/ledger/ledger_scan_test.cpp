#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <filesystem>

#include "io/ledger/ledger_log.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;

namespace {

struct reading {
  io::scan_summary summary;
  std::vector<std::string> texts;
  std::vector<std::uint64_t> lines;
};

reading read_ledger(const std::string& path) {
  reading read;
  const auto summary = io::scan_ledger(path, [&](const io::ledger_line& line) {
    read.texts.emplace_back(line.text);
    read.lines.push_back(line.line);
    return true;
  });
  REQUIRE(summary.has_value());
  read.summary = *summary;
  return read;
}

std::string without_newline(std::string line) {
  line.pop_back();
  return line;
}

std::vector<std::string> numbered_texts(std::size_t begin, std::size_t end) {
  std::vector<std::string> texts;
  for (auto n = begin; n < end; ++n) {
    texts.push_back(without_newline(test::sealed_line(test::numbered_object(n))));
  }
  return texts;
}

std::vector<std::string> except(std::vector<std::string> texts, std::size_t index) {
  texts.erase(texts.begin() + static_cast<std::ptrdiff_t>(index));
  return texts;
}

}  // namespace

TEST_CASE("a scan visits every line but the header, with its number in the file") {
  test::temporary_directory directory;
  const auto read = read_ledger(directory.file("ledger", test::numbered_ledger(3)));
  CHECK(read.texts == numbered_texts(0, 3));
  CHECK(read.lines == std::vector<std::uint64_t>{2, 3, 4});
  CHECK(read.summary.lines == 3);
  CHECK(read.summary.damaged == 0);
}

TEST_CASE("a missing file, an empty one and a torn header are empty ledgers") {
  test::temporary_directory directory;
  CHECK(read_ledger(directory.path() + "/missing").summary.lines == 0);
  CHECK(read_ledger(directory.path() + "/missing/ledger").summary.lines == 0);
  const auto& header = io::ledger_header();
  for (std::size_t cut = 0; cut <= header.size(); ++cut) {
    const auto read =
        read_ledger(directory.file("ledger", std::string_view(header).substr(0, cut)));
    CHECK(read.summary.lines == 0);
    CHECK(read.summary.damaged == 0);
  }
}

TEST_CASE("a tail torn at any byte is not visited and is no damage") {
  test::temporary_directory directory;
  const auto whole = test::numbered_ledger(4);
  for (auto cut = test::numbered_ledger(3).size(); cut < whole.size(); ++cut) {
    const auto read = read_ledger(directory.file("ledger", std::string_view(whole).substr(0, cut)));
    CAPTURE(cut);
    CHECK(read.texts == numbered_texts(0, 3));
    CHECK(read.summary.damaged == 0);
  }
}

TEST_CASE("a line damaged at any byte is counted and skipped, the others are read") {
  test::temporary_directory directory;
  const auto begin = test::numbered_ledger(1).size();
  const auto end = test::numbered_ledger(2).size() - 1;  // its newline
  for (auto at = begin; at < end; ++at) {
    auto damaged = test::numbered_ledger(4);
    damaged[at] ^= 1;
    const auto read = read_ledger(directory.file("ledger", damaged));
    CAPTURE(at);
    CHECK(read.texts == except(numbered_texts(0, 4), 1));
    CHECK(read.lines == std::vector<std::uint64_t>{2, 4, 5});
    CHECK(read.summary.lines == 3);
    CHECK(read.summary.damaged == 1);
    CHECK(read.summary.first_damaged == 3);
  }
}

TEST_CASE("damage that swallows or adds newlines costs only the lines it touches") {
  test::temporary_directory directory;
  auto joined = test::numbered_ledger(4);
  joined[test::numbered_ledger(2).size() - 1] = ' ';
  CHECK(read_ledger(directory.file("joined", joined)).texts ==
        except(except(numbered_texts(0, 4), 2), 1));

  const auto blank = test::numbered_ledger(2) + "\n\n" + test::numbered_lines(2, 3);
  const auto read = read_ledger(directory.file("blank", blank));
  CHECK(read.texts == numbered_texts(0, 3));
  CHECK(read.summary.damaged == 2);
  CHECK(read.summary.first_damaged == 4);
}

TEST_CASE("a scan stops when the visitor says so") {
  test::temporary_directory directory;
  const auto path = directory.file("ledger", test::numbered_ledger(5));
  int visits = 0;
  const auto summary = io::scan_ledger(path, [&](const io::ledger_line&) { return ++visits < 2; });
  REQUIRE(summary.has_value());
  CHECK(visits == 2);
  CHECK(summary->lines == 2);
}

TEST_CASE("lines on block boundaries and longer than blocks are read whole and padded") {
  test::temporary_directory directory;
  const std::size_t block = std::size_t{256} << 10;
  const auto object = [](std::size_t n, std::size_t bytes) {
    return fmt::format(R"({{"n":{},"text":"{}"}})", n, std::string(bytes, 'a'));
  };
  std::size_t n = 0;
  std::vector<std::string> texts;
  std::string content = io::ledger_header();
  for (const std::size_t bytes : {block - 200, std::size_t{1}, std::size_t{150}, block, 3 * block,
                                  std::size_t{0}, block / 2, block / 2, 5 * block}) {
    const auto line = test::sealed_line(object(n++, bytes));
    content += line;
    texts.push_back(without_newline(line));
  }
  // Lines that meet the buffer's end at many different places.
  for (std::size_t shift = 0; shift < 120; ++shift) {
    const auto line = test::sealed_line(object(n++, 70000 + shift));
    content += line;
    texts.push_back(without_newline(line));
  }
  const auto path = directory.file("ledger", content);

  simdjson::ondemand::parser parser;
  std::size_t visits = 0;
  const auto summary = io::scan_ledger(path, [&](const io::ledger_line& line) {
    const bool same = line.text == texts.at(visits);
    CHECK(same);
    simdjson::ondemand::document document;
    const auto padded = line.text.size() + simdjson::SIMDJSON_PADDING;
    CHECK(parser.iterate(line.text.data(), line.text.size(), padded).get(document) ==
          simdjson::SUCCESS);
    std::uint64_t found = 0;
    CHECK(document["n"].get_uint64().get(found) == simdjson::SUCCESS);
    CHECK(found == visits++);
    return true;
  });
  REQUIRE(summary.has_value());
  CHECK(summary->lines == texts.size());
  CHECK(summary->damaged == 0);
}

TEST_CASE("what is no ledger is refused by name") {
  test::temporary_directory directory;
  const auto nothing = [](const io::ledger_line&) { return true; };

  const auto text = directory.file("text", "{\"question\":\"?\"}\n");
  const auto other = io::scan_ledger(text, nothing);
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code == errc::mismatch);
  CHECK(other.error().message == text + " is not a retort ledger");

  const auto newer = directory.file("newer", test::sealed_line(R"({"retort_ledger":12})"));
  const auto refused = io::scan_ledger(newer, nothing);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::mismatch);
  CHECK(refused.error().message.find("version 12") != std::string::npos);

  const auto unreadable = io::scan_ledger(directory.path(), nothing);
  REQUIRE_FALSE(unreadable.has_value());
  CHECK(unreadable.error().code == errc::unreadable);
  CHECK(unreadable.error().message == directory.path() + ": cannot read: Is a directory");
}

TEST_CASE("a seal agrees with its own line alone") {
  const auto line = without_newline(test::sealed_line(R"({"a":"b"})"));
  CHECK(io::is_sealed(line));
  CHECK(io::is_sealed(without_newline(io::ledger_header())));
  CHECK(io::is_sealed(without_newline(test::sealed_line(line))));  // a seal within a seal
  CHECK_FALSE(io::is_sealed(""));
  CHECK_FALSE(io::is_sealed(R"({"a":"b"})"));
  CHECK_FALSE(io::is_sealed(line + " "));
  CHECK_FALSE(io::is_sealed(" " + line));
  CHECK_FALSE(io::is_sealed(R"(,"sum":"0000000000000000"})"));
  for (std::size_t cut = 0; cut < line.size(); ++cut) {
    CHECK_FALSE(io::is_sealed(std::string_view(line).substr(0, cut)));
  }
}

TEST_CASE("a scan heeds an interrupt at its beginning, and soon after it comes") {
  const test::temporary_directory directory;
  const std::string path = directory.file("ledger", test::numbered_ledger(100'000));
  io::interrupt stop;
  std::size_t seen = 0;
  const auto all = io::scan_ledger(
      path, [&](const auto&) { return ++seen > 0; }, &stop);
  REQUIRE(all.has_value());
  REQUIRE(all->lines == 100'000);
  const std::size_t bytes = std::filesystem::file_size(path);
  REQUIRE(bytes > std::size_t{4} << 20);

  seen = 0;
  const auto raising = [&](const io::ledger_line&) {
    if (++seen == 10) stop.raise();
    return true;
  };
  const auto stopped = io::scan_ledger(path, raising, &stop);
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == errc::cancelled);
  CHECK(stopped.error().message == path + ": reading was stopped");
  CHECK(seen * bytes / 100'000 < std::size_t{2} << 20);

  seen = 0;
  CHECK_FALSE(io::scan_ledger(path, raising, &stop).has_value());
  CHECK(seen == 0);
}
