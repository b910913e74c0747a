#include "engine/sample/sample.hpp"

namespace retort::engine {

verdict sample::verdict() const {
  if (failure || is_unjudged) return verdict::failed;
  return rejected ? verdict::rejected : verdict::accepted;
}

bool sample::is_open() const {
  if (is_unjudged) return true;
  return failure && open.value_or(providers::is_transient(failure->kind) ||
                                  providers::stops_endpoint(failure->kind));
}

}  // namespace retort::engine
