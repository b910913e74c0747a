#include "engine/prompt/shortening.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace retort;
using namespace retort::engine;

namespace {

// "Sum up: <field>. Be brief."
sample asking(const std::string& field) {
  sample out;
  out.messages = {{"system", "You sum up."}, {"user", "Sum up: " + field + ". Be brief."}};
  out.longest = {1, 8, field.size()};
  return out;
}

providers::sampling with_room(std::int64_t tokens) {
  providers::sampling out;
  out.max_tokens = tokens;
  return out;
}

bool is_utf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead >= 0x80 && lead < 0xC0) return false;
    for (std::size_t k = 1; k < size; ++k) {
      if (i + k >= text.size() || (static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80)
        return false;
    }
    i += size;
  }
  return true;
}

}  // namespace

TEST_CASE("the answer's room is halved twice, then it is whole again and the field is cut") {
  sample asked = asking(std::string(900, 'a'));
  const std::string before = asked.messages[1].content;
  shorter_question one(with_room(1001), asked);
  REQUIRE(one.next());
  CHECK(one.sampling().max_tokens == 500);
  CHECK(asked.shortened.max_tokens == 500);
  REQUIRE(one.next());
  CHECK(one.sampling().max_tokens == 250);
  CHECK(asked.messages[1].content == before);
  REQUIRE(one.next());
  CHECK(one.sampling().max_tokens == 1001);
  CHECK_FALSE(asked.shortened.max_tokens);
  CHECK(asked.shortened.cut == 300);
  CHECK(asked.messages[1].content ==
        "Sum up: " + std::string(300, 'a') + " [...] " + std::string(300, 'a') + ". Be brief.");
  CHECK(asked.messages[0].content == "You sum up.");
}

TEST_CASE("each cut takes more of the middle, and there is an end of it") {
  std::string field;
  for (int i = 0; i < 2000; ++i) field += static_cast<char>('a' + i % 26);
  sample asked = asking(field);
  shorter_question one({}, asked);
  std::uint64_t taken = 0;
  int tries = 0;
  while (one.next()) {
    ++tries;
    const std::string& said = asked.messages[1].content;
    CHECK(asked.shortened.cut > taken);
    taken = asked.shortened.cut;
    const std::size_t gap = said.find(" [...] ");
    REQUIRE(gap != said.npos);
    const std::string head = said.substr(8, gap - 8);
    const std::string tail = said.substr(gap + 7, said.size() - gap - 7 - 11);
    CHECK(field.starts_with(head));
    CHECK(field.ends_with(tail));
    CHECK(head.size() + tail.size() + taken == field.size());
    CHECK(said.ends_with(". Be brief."));
  }
  CHECK(tries == most_cuts);
  CHECK(taken > 1950);
}

TEST_CASE("no code point is cut in two, and those taken are counted") {
  for (const std::string letter : {"é", "漢", "🙂"}) {
    std::string field;
    for (int i = 0; i < 100; ++i) field += letter;
    for (std::size_t before = 0; before < 4; ++before) {
      sample asked = asking(std::string(before, 'x') + field);
      shorter_question one({}, asked);
      while (one.next()) {
        const std::string& said = asked.messages[1].content;
        CHECK(is_utf8(said));
        std::size_t left = 0;
        for (std::size_t at = 0; (at = said.find(letter, at)) != said.npos; at += letter.size())
          ++left;
        const std::size_t lone = asked.messages[1].content.find('x') == said.npos ? 0 : before;
        CHECK(left + lone + asked.shortened.cut >= 100);
        CHECK(left + asked.shortened.cut <= 100 + before);
      }
    }
  }
}

TEST_CASE("what has nothing to take from is not asked again") {
  sample none = asking("short");
  CHECK_FALSE(shorter_question({}, none).next());
  sample unfilled;
  unfilled.messages = {{"user", std::string(1000, 'a')}};  // a template without a field
  CHECK_FALSE(shorter_question({}, unfilled).next());
  CHECK(unfilled.messages[0].content.size() == 1000);
  CHECK_FALSE(unfilled.shortened);
}

TEST_CASE("an answer keeps room for more than its thinking") {
  sample asked = asking(std::string(900, 'a'));
  providers::sampling thinking = with_room(3000);
  thinking.reasoning_budget = 1200;
  shorter_question one(thinking, asked);
  REQUIRE(one.next());
  CHECK(one.sampling().max_tokens == 1500);
  REQUIRE(one.next());
  CHECK(one.sampling().max_tokens == 3000);
  REQUIRE(one.next());
  CHECK(one.sampling().max_tokens == 3000);
  CHECK(asked.shortened.cut == 500);
}
