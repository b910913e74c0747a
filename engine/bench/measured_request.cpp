#include "engine/bench/measured_request.hpp"

#include <optional>
#include <utility>

#include "engine/bench/measured_answer.hpp"
#include "engine/generate/attempt.hpp"

namespace retort::engine {
namespace {

bool has_content(const providers::completion& answer) {
  return !answer.text.empty() || !answer.reasoning.empty() || !answer.refusal.empty() ||
         !answer.tool_calls.empty();
}

// Of an answer that is no stream the last content is its last byte.
void take(const providers::completion& answer, const io::http_response& response,
          measurement& into) {
  into.used = answer.usage;
  into.finish = answer.finish;
  if (into.last == measurement::stamp() && has_content(answer)) into.last = response.last_byte;
}

providers::outcome outcome_of(endpoint& of, const result<io::http_response>& response,
                              measured_answer* stream) {
  const auto now = std::chrono::system_clock::now();
  if (!response) return from_transport(response.error());
  if (stream && response->is_success()) return stream->finish(*response, now);
  return of.dialect->parse(*response, now);
}

void read_answer(endpoint& of, const result<io::http_response>& response, measured_answer* stream,
                 measurement& into) {
  if (stream) stream->give_stamps(into);
  if (response) {
    into.written = response->written;
    into.first_byte = response->first_byte;
    into.opened = response->opened;
    into.is_reused = !response->opened.has_value();
    into.is_resent = response->retried_stale;
  }
  auto outcome = outcome_of(of, response, stream);
  if (outcome) return take(*outcome, *response, into);
  into.failed = std::move(outcome).error();
  into.failed->message = of.without_key(std::move(into.failed->message));
}

}  // namespace

io::awaitable<> measure(endpoint* to, const asked_prompt* what, bool streams, measurement* into,
                        providers::rate_limits* told) {
  std::string body;
  const auto how = streams ? providers::delivery::stream : providers::delivery::whole;
  to->dialect->append_body({to->model->model, what->messages, what->sampling, how}, body);
  const io::http_request request = to->client->request(std::move(body));
  std::optional<measured_answer> stream;
  if (streams) stream.emplace(to->dialect->read_stream());
  io::body_sink* const sink = streams ? &*stream : nullptr;
  auto response = co_await io::exchange(to->client.get(), &request, to->deadline(), sink);
  into->ended = measurement::clock::now();
  if (told && response)
    *told = providers::read_rate_limits(*response, std::chrono::system_clock::now());
  read_answer(*to, response, stream ? &*stream : nullptr, *into);
}

}  // namespace retort::engine
