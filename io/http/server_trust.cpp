#include "io/http/server_trust.hpp"

namespace retort::io {

std::optional<server_trust::time_point> server_trust::watched_until(standing where,
                                                                    time_point since) const {
  if (at(where) == known_for::keeping_quiet) return std::nullopt;
  return since + probation;
}

// Before the first request there is nothing to be said at all. Behind an answer only another answer
// is held against the server: the 408 of one that gives an idle connection up is good manners.
void server_trust::saw(silence what, standing where, time_point since, time_point now) {
  known_for& known = at(where);
  const bool is_quiet = what == silence::quiet && now - since >= probation;
  const bool talks = what != silence::quiet && what != silence::ended;
  if (is_quiet && known == known_for::nothing) known = known_for::keeping_quiet;
  if (talks && where == standing::fresh) fresh_ = known_for::talking;
  if (what == silence::answered) kept_ = known_for::talking;
}

}  // namespace retort::io
