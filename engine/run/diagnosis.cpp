#include "engine/run/diagnosis.hpp"

namespace retort::engine {
namespace {

// A thread that is busier than this has no time left to wait for anything.
constexpr double busy_share = 0.9;

bound_by at_the_gate(const symptoms& of) {
  if (of.held_by_budget) return bound_by::budget;
  switch (of.held_by) {
    case constraint::requests: return bound_by::request_quota;
    case constraint::tokens: return bound_by::token_quota;
    case constraint::pause:
    case constraint::breaker: return bound_by::pause;
    default: return of.concurrency_is_stated ? bound_by::concurrency : bound_by::provider;
  }
}

}  // namespace

bound_by diagnose(const symptoms& of) {
  if (of.cpu_share >= busy_share) return bound_by::cpu;
  if (of.waits_for_disk) return bound_by::disk;
  if (of.waits_at_gate) return at_the_gate(of);
  if (of.too_many_asleep) return bound_by::pause;
  if (of.waits_for_rows) return bound_by::dataset;
  return bound_by::provider;  // all there is to send is in flight
}

}  // namespace retort::engine
