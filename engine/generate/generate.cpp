#include "engine/generate/generate.hpp"

#include <utility>

#include "engine/generate/attempt.hpp"
#include "engine/generate/court.hpp"

namespace retort::engine {
namespace {

using act = next_step::act;

void take(generation& into, providers::outcome& what) {
  into.is_settled = true;
  if (what) {
    into.completion = std::move(*what);
  } else {
    into.failure = std::move(what).error();
  }
}

}  // namespace

io::awaitable<> generate(generator* by, admission* gate, question asked, generation* into) {
  demand wanted = demand_of(*by, *gate, asked);
  tries before;
  next_step next;
  while (next.what == act::retry) {
    permit place = gate->try_admit(wanted);
    if (!place) {
      auto later = co_await admit(gate, wanted);
      place = std::move(later);
    }
    if (!place) break;
    endpoint& to = place.at();
    attempt one(*by, *gate, place, asked, before, *into);
    auto response =
        co_await io::exchange(to.client.get(), one.request(), to.deadline(), one.sink());
    auto outcome = one.read(response);
    account_for(*by, *gate, place, one, response, outcome);
    next = conclude(*by, *gate, one, response, outcome, before);
    if (next.what == act::hold) co_await hold(by, &to, asked.who, into, &next);
    if (next.what == act::retry) co_await back_off(by, next.wait);
    if (next.settles()) take(*into, outcome);
    wanted.again(to);
  }
}

}  // namespace retort::engine
