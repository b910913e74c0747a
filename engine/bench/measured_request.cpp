#include "engine/bench/measured_request.hpp"

#include <algorithm>
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
void take(providers::completion& answer, const io::http_response& response, measurement& into) {
  into.used = answer.usage;
  into.finish = answer.finish;
  const bool is_late = into.last == measurement::stamp();
  if (is_late && has_content(answer)) into.last = response.last_byte;
  into.text = std::move(answer.text);
}

providers::outcome outcome_of(endpoint& of, const result<io::http_response>& response,
                              measured_answer* stream) {
  const auto now = std::chrono::system_clock::now();
  if (!response) return from_transport(response.error());
  if (stream && response->is_success()) return stream->finish(*response, now);
  return of.dialect->parse(*response, now);
}

// Given up by time, it ends as by any deadline.
std::chrono::steady_clock::time_point until_when(const endpoint& to, const measurement& of) {
  const auto usual = to.deadline();
  if (!of.to_cancel || of.to_cancel->chunks > 0) return usual;
  return std::min(usual, of.sent_off + of.to_cancel->after);
}

bool is_given_up(const result<io::http_response>& response, const measured_answer* stream,
                 const measurement& of) {
  if (!of.to_cancel || response) return false;
  if (of.to_cancel->chunks > 0) return stream && stream->is_given_up();
  return response.error().code == errc::timeout && of.ended >= of.sent_off + of.to_cancel->after;
}

void read_answer(endpoint& of, const result<io::http_response>& response, measured_answer* stream,
                 measurement& into, providers::completion* answer) {
  if (stream) stream->give_stamps(into);
  if (response) {
    into.written = response->written;
    into.first_byte = response->first_byte;
    into.opened = response->opened;
    into.is_reused = !response->opened.has_value();
    into.is_resent = response->retried_stale;
  }
  into.is_cancelled = is_given_up(response, stream, into);
  if (into.is_cancelled) return;
  auto outcome = outcome_of(of, response, stream);
  if (outcome) {
    if (answer) *answer = *outcome;
    take(*outcome, *response, into);
    return;
  }
  into.failed = std::move(outcome).error();
  into.failed->message = of.without_key(std::move(into.failed->message));
}

}  // namespace

std::string request_body(const endpoint& to, const asked_prompt& what, bool streams) {
  std::string out;
  const auto how = streams ? providers::delivery::stream : providers::delivery::whole;
  to.dialect->append_body({to.model->model, what.messages, what.sampling, how}, out);
  return out;
}

io::awaitable<> measure(endpoint* to, const asked_prompt* what, bool streams, measurement* into,
                        providers::rate_limits* told, providers::completion* answer) {
  std::string body = request_body(*to, *what, streams);
  const io::http_request request = to->client->request(std::move(body));
  std::optional<measured_answer> stream;
  const std::uint64_t most_chunks = into->to_cancel ? into->to_cancel->chunks : 0;
  if (streams) stream.emplace(to->dialect->read_stream(), most_chunks);
  const auto until = until_when(*to, *into);
  io::body_sink* const sink = streams ? &*stream : nullptr;
  auto response = co_await io::exchange(to->client.get(), &request, until, sink);
  into->ended = measurement::clock::now();
  if (told && response)
    *told = providers::read_rate_limits(*response, std::chrono::system_clock::now());
  read_answer(*to, response, stream ? &*stream : nullptr, *into, answer);
}

}  // namespace retort::engine
