#include "engine/report/html_text.hpp"

#include <doctest/doctest.h>

using retort::engine::html_text;

TEST_CASE("what means something in HTML is escaped, lines stay") {
  CHECK(html_text("<script>alert('\"&\"')</script>\nb") ==
        "&lt;script&gt;alert(&#39;&quot;&amp;&quot;&#39;)&lt;/script&gt;\nb");
  CHECK(html_text("") == "");
  CHECK(html_text("a\n\n") == "a\n\n");
}

TEST_CASE("broken Unicode, overrides of direction and control characters are no text") {
  CHECK(html_text("a\xff\x62") == "a\xef\xbf\xbd\x62");
  CHECK(html_text("\u202egnp.exe") == "\ufffdgnp.exe");
  CHECK(html_text(std::string_view("a\0b\x1b[2J", 7)) == "a b [2J");
  CHECK(html_text("häuser 数") == "häuser 数");
}
