#include "engine/text/shown_text.hpp"

#include <doctest/doctest.h>

using retort::engine::shown;

TEST_CASE("text is shown in quotes, on one line, cut at a character's end") {
  CHECK(shown("hot") == "\"hot\"");
  CHECK(shown("") == "\"\"");
  CHECK(shown("a\nb\tc\x7F") == "\"a b c \"");
  CHECK(shown(std::string(60, 'x')) == "\"" + std::string(60, 'x') + "\"");
  CHECK(shown(std::string(61, 'x')) == "\"" + std::string(60, 'x') + "...\"");
  CHECK(shown(std::string(59, 'x') + "\u00e9" + "y") == "\"" + std::string(59, 'x') + "...\"");
  CHECK(shown(std::string(100, '\x80')) == "\"...\"");
}

TEST_CASE("a URL that may hold a password is not shown") {
  CHECK(shown("https://user:secret@host/v1") == "not shown (it may hold a password)");
  CHECK(shown("see https://user:secret@host") == "not shown (it may hold a password)");
  CHECK(shown("https://host/v1") == "\"https://host/v1\"");
  CHECK(shown("me@host") == "\"me@host\"");
}
