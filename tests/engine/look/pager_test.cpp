#include "engine/look/pager.hpp"

#include <doctest/doctest.h>

#include <string>

using retort::engine::pager;

namespace {

// The last of what the keys came to.
pager::act type(pager& by, const std::string& keys) {
  pager::act last = pager::act::none;
  for (const char key : keys) last = by.take(key);
  return last;
}

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("keys step from sample to sample, and not past the ends") {
  pager by(3);
  type(by, "nn");
  CHECK(by.at() == 2);
  type(by, "n ");
  CHECK(by.at() == 2);
  type(by, "p\x1b[D\x1b[D");
  CHECK(by.at() == 0);
  type(by, "\x1b[C\x1b[99~");  // one that nobody knows does nothing
  CHECK(by.at() == 1);
  CHECK(type(by, "q") == pager::act::quit);
  CHECK(type(by, "\x03") == pager::act::quit);
}

TEST_CASE("a mark is made with Enter, with its note, and not at all with escape") {
  pager by(2);
  CHECK(type(by, "gtoo kind\x7f\x7f") == pager::act::none);
  CHECK(says(by.screen("x", "", 24, 80), "good, note (Enter: done, Esc: not after all): too ki"));
  CHECK(by.take('\r') == pager::act::mark_good);
  CHECK(by.note() == "too ki");
  CHECK(type(by, "b\n") == pager::act::mark_bad);
  CHECK(by.note() == "");
  CHECK(type(by, "bno\x1b") == pager::act::none);
  CHECK(type(by, "n") == pager::act::none);
  CHECK(by.at() == 1);
  CHECK(type(by, "u") == pager::act::unmark);
  CHECK(type(by, "g\xc3\xa4\x7f\r") == pager::act::mark_good);  // a whole character at a time
  CHECK(by.note() == "");
}

TEST_CASE("a long text is scrolled, as far as there is more of it") {
  pager by(1);
  std::string text;
  for (int i = 0; i < 50; ++i) text += "line " + std::to_string(i) + "\n";
  CHECK(says(by.screen(text, "", 10, 40), "line 6\n...\n"));
  type(by, "jj");
  const std::string scrolled = by.screen(text, "", 10, 40);
  CHECK_FALSE(says(scrolled, "line 1\n"));
  CHECK(says(scrolled, "line 2\n"));
  for (int i = 0; i < 20; ++i) type(by, "\x1b[6~");
  CHECK(says(by.screen(text, "", 10, 40), "line 49\n\n"));
  type(by, "n");
  for (int i = 0; i < 60; ++i) type(by, "k");
  CHECK(says(by.screen(text, "", 10, 40), "line 0\n"));
}

TEST_CASE("nothing in a text steers the terminal, and no line is wider than the screen") {
  pager by(1);
  const std::string shown = by.screen(
      "\x1b]0;title\x07 \x1b[2J\u202eabc\r\n" + std::string(300, 'x'), "\x1b[31m", 24, 40);
  CHECK_FALSE(says(shown, "\x1b"));
  CHECK_FALSE(says(shown, "\r"));
  CHECK_FALSE(says(shown, "\u202e"));
  for (std::size_t at = 0; at < shown.size();) {
    const std::size_t end = std::min(shown.find('\n', at), shown.size());
    CHECK(end - at <= 44);  // a replacement character is three bytes
    at = end + 1;
  }
}
