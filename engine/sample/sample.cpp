#include "engine/sample/sample.hpp"

namespace retort::engine {

verdict sample::verdict() const {
  if (failure) return verdict::failed;
  return rejected ? verdict::rejected : verdict::accepted;
}

bool sample::is_open() const {
  return failure && open.value_or(providers::is_transient(failure->kind) ||
                                  providers::stops_endpoint(failure->kind));
}

}  // namespace retort::engine
