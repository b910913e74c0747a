#include "io/http/server_trust.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

using namespace retort::io;
using namespace std::chrono_literals;

namespace {

using time_point = server_trust::time_point;

constexpr auto watched = server_trust::probation;
constexpr auto fresh = standing::fresh;
constexpr auto kept = standing::kept;
const time_point start{1h};

struct look {
  silence what;
  standing where;
  std::chrono::nanoseconds age;  // of the connection's silence
};

server_trust after(const std::vector<look>& looks) {
  server_trust trust;
  for (const auto& one : looks) trust.saw(one.what, one.where, start, start + one.age);
  return trust;
}

bool watches(const server_trust& trust, standing where) {
  const auto until = trust.watched_until(where, start);
  if (until) CHECK(*until == start + watched);
  return until.has_value();
}

// The ways into each of the states, and what a look makes of them.
enum class state { nothing, quiet, talking };
constexpr state states[] = {state::nothing, state::quiet, state::talking};

std::vector<look> into(state fresh_is, state kept_is) {
  std::vector<look> way;
  if (fresh_is == state::talking) way.push_back({silence::broken, fresh, 0ms});
  if (fresh_is == state::quiet) way.push_back({silence::quiet, fresh, watched});
  if (kept_is == state::talking) way.push_back({silence::answered, kept, 0ms});
  if (kept_is == state::quiet) way.push_back({silence::quiet, kept, watched});
  return way;
}

void check(const server_trust& trust, state fresh_is, state kept_is) {
  CHECK(watches(trust, fresh) == (fresh_is != state::quiet));
  CHECK(watches(trust, kept) == (kept_is != state::quiet));
  CHECK(trust.keeps_connections() == (kept_is != state::talking));
}

state proven(state from) { return from == state::nothing ? state::quiet : from; }

}  // namespace

TEST_CASE("each look from each state leads where it should and nowhere else") {
  struct row {
    look seen;
    bool proves, fresh_talks, kept_talks;
  };
  const row table[] = {
      {{silence::quiet, fresh, 0ms}, false, false, false},
      {{silence::quiet, fresh, watched - 1ns}, false, false, false},
      {{silence::quiet, fresh, watched}, true, false, false},
      {{silence::quiet, fresh, 1h}, true, false, false},
      {{silence::ended, fresh, 0ms}, false, false, false},
      {{silence::ended, fresh, watched}, false, false, false},
      {{silence::broken, fresh, 0ms}, false, true, false},
      {{silence::broken, fresh, watched}, false, true, false},
      {{silence::blank, fresh, 0ms}, false, true, false},
      {{silence::answered, fresh, 0ms}, false, true, true},
      {{silence::answered, fresh, watched}, false, true, true},
      {{silence::quiet, kept, 0ms}, false, false, false},
      {{silence::quiet, kept, watched - 1ns}, false, false, false},
      {{silence::quiet, kept, watched}, true, false, false},
      {{silence::quiet, kept, 1h}, true, false, false},
      {{silence::ended, kept, 0ms}, false, false, false},
      {{silence::ended, kept, watched}, false, false, false},
      {{silence::broken, kept, 0ms}, false, false, false},
      {{silence::broken, kept, watched}, false, false, false},
      {{silence::blank, kept, 0ms}, false, false, false},
      {{silence::answered, kept, 0ms}, false, false, true},
      {{silence::answered, kept, watched}, false, false, true},
  };
  for (const state fresh_was : states) {
    for (const state kept_was : states) {
      check(after(into(fresh_was, kept_was)), fresh_was, kept_was);
      for (const auto& [seen, proves, fresh_talks, kept_talks] : table) {
        CAPTURE(static_cast<int>(fresh_was));
        CAPTURE(static_cast<int>(kept_was));
        CAPTURE(static_cast<int>(seen.what));
        CAPTURE(static_cast<int>(seen.where));
        CAPTURE(seen.age.count());
        auto way = into(fresh_was, kept_was);
        way.push_back(seen);
        const bool of_fresh = proves && seen.where == fresh;
        const bool of_kept = proves && seen.where == kept;
        check(after(way), fresh_talks ? state::talking : (of_fresh ? proven(fresh_was) : fresh_was),
              kept_talks ? state::talking : (of_kept ? proven(kept_was) : kept_was));
      }
    }
  }
}

TEST_CASE("a server nobody knows is watched, and its connections are kept") {
  const server_trust trust;
  CHECK(trust.watched_until(fresh, start) == start + 25ms);
  CHECK(trust.watched_until(kept, start + 1s) == start + 1s + 25ms);
  CHECK(trust.keeps_connections());
}

TEST_CASE("many short silences are not a long one") {
  const std::vector<look> short_ones(100, {silence::quiet, kept, watched / 2});
  CHECK(watches(after(short_ones), kept));
}

TEST_CASE("distrust is for good") {
  std::vector<look> looks = {{silence::answered, fresh, 0ms}};
  for (int i = 0; i < 100; ++i) {
    looks.push_back({silence::quiet, fresh, 1h});
    looks.push_back({silence::quiet, kept, 1h});
  }
  const server_trust trust = after(looks);
  CHECK(watches(trust, fresh));
  CHECK_FALSE(trust.keeps_connections());
}
