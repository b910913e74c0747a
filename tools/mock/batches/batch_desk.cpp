#include "tools/mock/batches/batch_desk.hpp"

#include "tools/mock/dialects/dialect.hpp"

namespace retort::mock {
namespace {

bool is_anthropic(const batch_route& route) {
  return route.about == batch_route::collection::message_batches;
}

}  // namespace

batch_desk::batch_desk(const options& chosen, std::string key, plain_answers answers,
                       tally& counted)
    : key_(std::move(key)),
      maker_(chosen, std::move(answers), counted),
      openai_(maker_),
      anthropic_(maker_, chosen) {}

std::optional<batch_reply> batch_desk::serve(const request& asked, batch_time now) {
  const std::optional<batch_route> route = route_of(asked.target);
  if (!route) return std::nullopt;
  advance(now);
  const bool anthropic = is_anthropic(*route);
  if (!knows(asked, *route)) {
    return anthropic ? refuse_anthropic(401, "authentication_error", "invalid x-api-key")
                     : refuse_openai(401, "Incorrect API key provided.", "", "invalid_api_key");
  }
  return anthropic ? anthropic_.serve(asked, *route, now) : openai_.serve(asked, *route, now);
}

void batch_desk::advance(batch_time now) {
  openai_.advance(now);
  anthropic_.advance(now);
}

bool batch_desk::knows(const request& asked, const batch_route& route) const {
  const dialect& spoken = is_anthropic(route) ? anthropic() : openai_chat();
  return key_.empty() || spoken.key_of(asked) == key_;
}

}  // namespace retort::mock
