#include "providers/failure/classify.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "providers/body/json_body.hpp"

using namespace std::chrono_literals;
using namespace retort::providers;
using retort::io::http_response;

namespace {

const auto now = std::chrono::system_clock::from_time_t(784111777);

failure classified(int status, std::string body, std::string headers = "") {
  http_response response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return classify(response, read_error(parse_json_body(response.body), response.body), now);
}

std::string openai_error(std::string_view type, std::string_view code) {
  return R"({"error":{"message":"m","type":")" + std::string(type) + R"(","param":null,"code":)" +
         (code.empty() ? "null" : '"' + std::string(code) + '"') + "}}";
}

}  // namespace

TEST_CASE("the status alone decides where nobody says more") {
  using enum failure_kind;
  struct {
    int status;
    failure_kind kind;
  } const table[] = {
      {301, not_found},      {302, not_found},       {308, not_found},      {400, bad_request},
      {401, authentication}, {402, quota_exhausted}, {403, authentication}, {404, not_found},
      {405, not_found},      {408, timeout},         {409, server_error},   {410, bad_request},
      {413, bad_request},    {415, bad_request},     {422, bad_request},    {424, server_error},
      {425, server_error},   {429, rate_limited},    {451, bad_request},    {498, overloaded},
      {499, server_error},   {500, server_error},    {501, server_error},   {502, server_error},
      {503, overloaded},     {504, timeout},         {520, server_error},   {524, timeout},
      {529, overloaded},     {599, server_error},
  };
  for (const auto& [status, kind] : table) {
    CAPTURE(status);
    const failure failed = classified(status, "");
    CHECK(name(failed.kind) == name(kind));
    CHECK(failed.status == status);
    CHECK_FALSE(failed.retry_after);
  }
}

TEST_CASE("a spent quota is told from a rate limit by its name") {
  for (const std::string_view code :
       {"insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded"}) {
    CAPTURE(code);
    CHECK(classified(429, openai_error("x", code)).kind == failure_kind::quota_exhausted);
    CHECK(classified(429, openai_error(code, "")).kind == failure_kind::quota_exhausted);
    CHECK(classified(429, openai_error(code, "x"), "retry-after: 1\nx-should-retry: true\n").kind ==
          failure_kind::quota_exhausted);
  }
  for (const std::string_view code : {"rate_limit_exceeded", "slow_down", "", "whatever"}) {
    CAPTURE(code);
    CHECK(classified(429, openai_error("requests", code)).kind == failure_kind::rate_limited);
  }
}

namespace {

// A body as Gemini sends it.
std::string gemini_error(int code, std::string_view status, std::string_view details,
                         std::string_view message = "m") {
  return R"({"error":{"code":)" + std::to_string(code) + R"(,"status":")" + std::string(status) +
         R"(","message":")" + std::string(message) + R"(","details":[)" + std::string(details) +
         "]}}";
}

std::string retry_info(std::string_view delay) {
  return R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" +
         std::string(delay) + R"("})";
}

std::string quota_failure(std::string_view ids) {
  return R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[)" +
         std::string(ids) + "]}";
}

const std::string per_minute =
    R"({"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"})";
const std::string per_day = R"({"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"})";

}  // namespace

TEST_CASE("Gemini says in the body how long to wait") {
  const auto exhausted = [](std::string_view details) {
    return gemini_error(429, "RESOURCE_EXHAUSTED", details);
  };
  struct {
    std::string body;
    failure_kind kind;
    std::optional<std::chrono::milliseconds> wait;
  } const table[] = {
      {exhausted(retry_info("46.07s")), failure_kind::rate_limited, 46070ms},
      {"[" + exhausted(retry_info("46.07s")) + "]", failure_kind::rate_limited, 46070ms},
      {exhausted(quota_failure(per_minute) + "," + retry_info("7s")), failure_kind::rate_limited,
       7s},
      {exhausted(quota_failure(per_minute)), failure_kind::rate_limited, 60s},
      {exhausted(quota_failure(R"({"quotaId":"x"})")), failure_kind::rate_limited, std::nullopt},
      {exhausted(quota_failure(per_day)), failure_kind::quota_exhausted, std::nullopt},
      {exhausted(quota_failure(R"({"quotaId":"DailyRequests"})")), failure_kind::quota_exhausted,
       std::nullopt},
      {exhausted(retry_info("46.07s") + "," + quota_failure(per_day + "," + per_minute)),
       failure_kind::quota_exhausted, 46070ms},
      {exhausted(retry_info("3601s")), failure_kind::quota_exhausted, 3601s},
      {exhausted(retry_info("0s")), failure_kind::rate_limited, std::nullopt},
      {exhausted(retry_info("soon")), failure_kind::rate_limited, std::nullopt},
      {exhausted(R"("text",3,null,{},{"retryDelay":5},{"violations":[3,{}]})"),
       failure_kind::rate_limited, std::nullopt},
  };
  for (const auto& [body, kind, wait] : table) {
    CAPTURE(body);
    const failure failed = classified(429, body);
    CHECK(name(failed.kind) == name(kind));
    CHECK(failed.retry_after == wait);
  }
  CHECK(classified(429, exhausted(retry_info("46s")), "retry-after: 5\n").retry_after == 5s);
  CHECK(classified(503, gemini_error(503, "UNAVAILABLE", retry_info("2s"))).retry_after == 2s);
}

TEST_CASE("Gemini's 499 is like a 429, another server's is not") {
  CHECK(classified(499, gemini_error(499, "CANCELLED", "")).kind == failure_kind::rate_limited);
  CHECK(classified(499, R"({"error":{"code":499,"message":"m"}})").kind ==
        failure_kind::server_error);
}

TEST_CASE("a 403 is the key's, a firewall's or a quota's: its body and headers tell") {
  using enum failure_kind;
  const failure page = classified(403, "<!DOCTYPE html><html><title>Attention Required!</title>");
  CHECK(page.kind == bad_request);
  CHECK(page.foreign);
  CHECK_FALSE(page.own);
  CHECK(classified(403, R"({"error":{"message":"m"}})").kind == authentication);
  CHECK(classified(403, "Forbidden").kind == authentication);
  const char* quota = R"({"statusCode":403,"message":"Out of call volume quota."})";
  CHECK(classified(403, quota, "retry-after: 7200\n").kind == quota_exhausted);
  CHECK(classified(403, R"({"message":"m"})", "retry-after: 2\n").kind == quota_exhausted);
}

TEST_CASE("what other requests would meet is told from what is the request's own") {
  const auto of = [](int status, std::string_view message, std::string_view code) {
    return classified(status, R"({"error":{"message":")" + std::string(message) + R"(","code":")" +
                                  std::string(code) + R"("}})");
  };
  CHECK(of(400, "m", "context_length_exceeded").own);
  CHECK(of(400, "m", "content_filter").own);
  CHECK(of(413, "m", "").own);
  const failure large =
      of(429, "Request too large for m: Limit 6000, Requested 12328", "rate_limit_exceeded");
  CHECK(large.kind == failure_kind::bad_request);
  CHECK(large.own);
  CHECK(large.too_large);
  CHECK(of(400, "m", "context_length_exceeded").too_large);
  CHECK(of(413, "m", "").too_large);
  CHECK_FALSE(of(400, "m", "content_filter").too_large);
  CHECK_FALSE(of(400, "m", "").too_large);
  CHECK_FALSE(of(400, "m", "").own);
  CHECK_FALSE(of(422, "m", "").own);
  CHECK(classified(400, "<html>").foreign);
  CHECK_FALSE(of(400, "m", "").foreign);
}

TEST_CASE("accounts, keys and models that are refused with a 400 are known by their code") {
  using enum failure_kind;
  struct {
    const char* code;
    failure_kind kind;
  } const table[] = {{"billing_hard_limit_reached", quota_exhausted},
                     {"billing_not_active", quota_exhausted},
                     {"organization_restricted", authentication},
                     {"model_decommissioned", not_found},
                     {"invalid_model", not_found}};
  for (const auto& [code, kind] : table) {
    CAPTURE(code);
    CHECK(classified(400, openai_error("x", code)).kind == kind);
    CHECK(classified(400, openai_error(code, "")).kind == kind);
  }
  CHECK(classified(400, gemini_error(400, "INVALID_ARGUMENT", R"({"reason":"API_KEY_INVALID"})"))
            .kind == authentication);
}

TEST_CASE("the end of OpenRouter's window is a moment, in the headers or in the body") {
  const auto in_4_s = std::to_string((784111777LL + 1'011'232'673 + 4) * 1000);
  const auto later = now + std::chrono::seconds(1'011'232'673);
  http_response response;
  response.status = 429;
  response.body =
      R"({"error":{"message":"m","code":429,"metadata":{"headers":{"X-RateLimit-Reset":")" +
      in_4_s + R"("}}}})";
  const auto read = [&] {
    return classify(response, read_error(parse_json_body(response.body), response.body), later);
  };
  CHECK(read().retry_after == 4s);
  response.body = "x";
  response.headers = "x-ratelimit-reset: " + in_4_s + "\n";
  CHECK(read().retry_after == 4s);
  response.headers = "x-ratelimit-reset: 60\n";  // until it is whole: one more comes sooner
  CHECK_FALSE(read().retry_after);
}

TEST_CASE("a wait that only the message speaks of is believed of a rate limit") {
  const auto limited = [](std::string_view message) {
    return R"({"error":{"message":")" + std::string(message) +
           R"(","code":"rate_limit_exceeded"}})";
  };
  struct {
    std::string_view message;
    std::optional<std::chrono::milliseconds> wait;
  } const table[] = {
      {"Rate limit reached. Please try again in 6m0s. Visit https://x to learn more.", 6min},
      {"Please try again in 20ms.", 20ms},
      {"Please try again in 1.2s", 1200ms},
      {"Quota exceeded.\\nPlease retry in 17m5.72s.", 17min + 5720ms},
      {"Please try again in 20 minutes", 20min},
      {"Please retry after 3 seconds.", 3s},                       // Azure
      {"Token limit is exceeded. Try again in 53 seconds.", 53s},  // its API Management
      {"Please try again in 20 parsecs", std::nullopt},
      {"Please try again in a while", std::nullopt},
      {"Please try again in ", std::nullopt},
      {"Please try again later", std::nullopt},
  };
  for (const auto& [message, wait] : table) {
    CAPTURE(message);
    CHECK(classified(429, limited(message)).retry_after == wait);
  }
  const std::string body = limited("Please try again in 6s");
  CHECK(classified(429, body, "retry-after: 5\n").retry_after == 5s);
  CHECK(classified(429, limited("Please retry in 10h17m5.72s")).kind ==
        failure_kind::quota_exhausted);
  const std::string far = limited(std::string(500, 'x') + " Please try again in 6s");
  CHECK(classified(429, far).retry_after == 6s);
  CHECK(classified(429, gemini_error(429, "RESOURCE_EXHAUSTED", quota_failure(per_minute),
                                     "Please retry in 5s."))
            .retry_after == 5s);
  CHECK(classified(429,
                   gemini_error(429, "RESOURCE_EXHAUSTED", retry_info("7s"), "Please retry in 5s."))
            .retry_after == 7s);
}

TEST_CASE("a message that is not about a rate limit may say what it likes") {
  const std::string body = R"({"error":{"message":"bad prompt: Please try again in 10h"}})";
  for (const int status : {400, 500, 503}) CHECK_FALSE(classified(status, body).retry_after);
  CHECK(classified(503, body).kind == failure_kind::overloaded);
}

TEST_CASE("Anthropic's errors") {
  const auto error = [](std::string_view type, std::string_view details = "{}") {
    return R"({"type":"error","error":{"type":")" + std::string(type) +
           R"(","message":"m","details":)" + std::string(details) + R"(},"request_id":"r"})";
  };
  CHECK(classified(429, error("rate_limit_error")).kind == failure_kind::rate_limited);
  CHECK(classified(529, error("overloaded_error")).kind == failure_kind::overloaded);
  CHECK(classified(200, error("overloaded_error")).kind == failure_kind::overloaded);
  CHECK(classified(402, error("billing_error")).kind == failure_kind::quota_exhausted);
  const failure capped = classified(
      429, error("rate_limit_error", R"({"error_code":"enforced_spend_limit_reached"})"));
  CHECK(capped.kind == failure_kind::quota_exhausted);
  CHECK(capped.message == "m (enforced_spend_limit_reached)");
  CHECK(classified(429, error("rate_limit_error", "null")).kind == failure_kind::rate_limited);
}

TEST_CASE("a content filter is told from a bad request and from a wrong key") {
  using enum failure_kind;
  CHECK(classified(400, openai_error("", "content_filter")).kind == content_filter);
  CHECK(classified(403, openai_error("", "content_policy_violation")).kind == content_filter);
  CHECK(classified(403, R"({"error":{"code":403,"message":"flagged","metadata":
                            {"reasons":["violence"],"flagged_input":"..."}}})")
            .kind == content_filter);
  CHECK(classified(403, R"({"error":{"code":403,"message":"no","metadata":{"provider_name":"x"}}})")
            .kind == authentication);
}

TEST_CASE("a 402 with a Retry-After waits, one without stops") {
  CHECK(classified(402, "", "retry-after: 5\n").kind == failure_kind::rate_limited);
  CHECK(classified(402, "", "retry-after: 0\n").kind == failure_kind::quota_exhausted);
}

TEST_CASE("x-should-retry beats the status") {
  using enum failure_kind;
  const std::string yes = "x-should-retry: true\n";
  const std::string no = "x-should-retry: false\n";
  CHECK(classified(400, "", yes).kind == server_error);
  CHECK(classified(401, "", yes).kind == server_error);
  CHECK(classified(404, "", yes).kind == server_error);
  CHECK(classified(429, "", yes).kind == rate_limited);
  CHECK(classified(503, "", yes).kind == overloaded);
  CHECK(classified(429, "", no).kind == quota_exhausted);
  CHECK(classified(429, openai_error("", "rate_limit_exceeded"), no).kind == quota_exhausted);
  CHECK(classified(500, "", no).kind == bad_request);
  CHECK(classified(503, "", no).kind == bad_request);
  CHECK(classified(401, "", no).kind == authentication);
  CHECK(classified(404, "", no).kind == not_found);
  CHECK(classified(500, "", "x-should-retry: maybe\n").kind == server_error);
  CHECK(classified(400, openai_error("", "content_filter"), yes).kind == content_filter);
}

TEST_CASE("the wait that the server asks for comes along") {
  CHECK(classified(429, "", "retry-after: 20\n").retry_after == 20s);
  CHECK(classified(503, "", "retry-after: 9\nretry-after-ms: 1500\n").retry_after == 1500ms);
  CHECK(classified(429, "", "retry-after: Sun, 06 Nov 1994 08:49:47 GMT\n").retry_after == 10s);
  CHECK_FALSE(classified(429, "", "retry-after: -1\n").retry_after);
}

TEST_CASE("a wait too long to sit through is a spent quota") {
  CHECK(classified(429, "", "retry-after: 3600\n").kind == failure_kind::rate_limited);
  CHECK(classified(429, "", "retry-after: 3601\n").kind == failure_kind::quota_exhausted);
  CHECK(classified(503, "", "retry-after: 86400\n").kind == failure_kind::quota_exhausted);
  CHECK(classified(400, "", "retry-after: 86400\n").kind == failure_kind::bad_request);
  CHECK(classified(429, "", "retry-after: 1700000000\n").kind == failure_kind::rate_limited);
  CHECK(classified(429, "", "retry-after: 3601\n").message ==
        "(empty body); it asks to be let alone for 3601 s");
  CHECK(classified(503, openai_error("", ""), "retry-after-ms: 7200001\n").message ==
        "m; it asks to be let alone for 7201 s");
  CHECK(classified(429, openai_error("", ""), "retry-after: 3600\n").message == "m");
}

TEST_CASE("an error inside a 200 is judged by the code in the body, then by its name") {
  using enum failure_kind;
  struct {
    std::string_view body;
    failure_kind kind;
  } const table[] = {
      {R"({"error":{"code":429,"message":"m"}})", rate_limited},
      {R"({"error":{"code":502,"message":"m"}})", server_error},
      {R"({"error":{"code":503,"message":"m"}})", overloaded},
      {R"({"error":{"code":408,"message":"m"}})", timeout},
      {R"({"error":{"code":402,"message":"m"}})", quota_exhausted},
      {R"({"error":{"code":401,"message":"m"}})", authentication},
      {R"({"error":{"code":400,"message":"m"}})", bad_request},
      {R"({"error":{"code":1305,"message":"m"}})", server_error},
      {R"({"error":{"code":-1,"message":"m"}})", server_error},
      {R"({"error":{"code":200,"message":"m"}})", server_error},
      {R"({"error":{"code":"insufficient_quota","message":"m"}})", quota_exhausted},
      {R"({"error":{"code":"rate_limit_exceeded","message":"m"}})", rate_limited},
      {R"({"error":{"code":"server_is_overloaded","message":"m"}})", overloaded},
      {R"({"error":{"type":"server_error","message":"m"}})", server_error},
      {R"({"error":"something went wrong"})", server_error},
  };
  for (const auto& [body, kind] : table) {
    CAPTURE(body);
    const failure failed = classified(200, std::string(body));
    CHECK(name(failed.kind) == name(kind));
    CHECK(failed.status == 200);
  }
}

TEST_CASE("MiniMax says in a 200's base_resp what went wrong, in codes of its own") {
  using enum failure_kind;
  struct {
    int code;
    failure_kind kind;
  } const table[] = {
      {1001, timeout},         {1002, rate_limited},    {1004, authentication},
      {1008, quota_exhausted}, {1013, server_error},    {1026, content_filter},
      {1027, content_filter},  {1039, rate_limited},    {2013, bad_request},
      {2049, authentication},  {2056, quota_exhausted}, {9999, server_error},
  };
  for (const auto& [code, kind] : table) {
    CAPTURE(code);
    const failure failed =
        classified(200, R"({"choices":null,"base_resp":{"status_code":)" + std::to_string(code) +
                            R"(,"status_msg":"told so"}})");
    CHECK(name(failed.kind) == name(kind));
    CHECK(failed.message == "told so (" + std::to_string(code) + ")");
  }
}

TEST_CASE("the status of the response beats a code in its body") {
  CHECK(classified(400, R"({"error":{"code":503,"message":"m"}})").kind ==
        failure_kind::bad_request);
}

TEST_CASE("the message is found in every known shape of an error") {
  struct {
    std::string_view body, message;
  } const table[] = {
      {R"({"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}})",
       "Rate limit reached (rate_limit_exceeded)"},
      {R"({"error":{"message":"Bad model","type":"BadRequestError","param":null,"code":400}})",
       "Bad model"},
      {R"({"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400})",
       "too long"},
      {R"({"message":"The request queue is full.","type":"x","code":"503"})",
       "The request queue is full. (503)"},
      {R"({"error":"model \"x\" not found"})", "model \"x\" not found"},
      {R"({"error":"Model is overloaded","error_type":"overloaded"})", "Model is overloaded"},
      {R"({"detail":"Not Found"})", "Not Found"},
      {R"({"detail":[{"loc":["body"],"msg":"field required"}]})",
       R"({"detail":[{"loc":["body"],"msg":"field required"}]})"},
      {R"([{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED"}}])", "Quota"},
      {R"([])", "[]"},
      {R"([[[]]])", "[[[]]]"},
      {R"({})", "{}"},
      {R"("just text")", R"("just text")"},
      {R"({"error":{"message":"","code":"c"}})", R"({"error":{"message":"","code":"c"}} (c))"},
      {R"({"error":{"message":null}})", R"({"error":{"message":null}})"},
      {R"({"error":null,"message":"flat"})", "flat"},
      {"\n\n{\"error\":{\"message\":\"late\\nlines\\u001b[2J\"}}", "late lines [2J"},
      {"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>",
       "<html> <head><title>502 Bad Gateway</title></head> </html>"},
      {"{\"error\":", "{\"error\":"},
      {"\xff\xfe", "\ufffd\ufffd"},
      {"", "(empty body)"},
      {" \r\n ", "(empty body)"},
  };
  for (const auto& [body, message] : table) {
    CAPTURE(body);
    CHECK(classified(500, std::string(body)).message == message);
  }
}

TEST_CASE("TGI's error_type counts as the type") {
  const std::string body = R"({"error":"m","error_type":"insufficient_quota"})";
  CHECK(classified(429, body).kind == failure_kind::quota_exhausted);
}

TEST_CASE("a long message is cut, whoever wrote it") {
  const std::string cut = std::string(200, 'x') + "...";
  const std::string text(100'000, 'x');
  CHECK(classified(500, text).message == cut);
  CHECK(classified(500, R"({"error":{"message":")" + text + R"("}})").message == cut);
  CHECK(classified(500, R"({"message":"m","code":")" + text + R"("})").message ==
        "m (" + cut + ")");
}

TEST_CASE("a redirection says where to") {
  CHECK(classified(301, "<html>", "location: https://elsewhere/v1/chat/completions\n").message ==
        "redirected to https://elsewhere/v1/chat/completions");
  for (const char* none : {"", "location: \n"}) {
    CHECK(classified(302, "<html>", none).message ==
          "redirected, without a Location that says where to");
  }
}

TEST_CASE("who has no room just now may speak of contexts, and nothing is too large for that") {
  using enum failure_kind;
  const auto of = [](int status, std::string_view code) {
    return classified(status,
                      R"({"error":{"message":"Models of a long context window share a limit",)"
                      R"("code":")" +
                          std::string(code) + R"("}})");
  };
  CHECK(of(429, "").kind == rate_limited);
  CHECK(of(503, "").kind == overloaded);
  CHECK(of(529, "").kind == overloaded);
  CHECK(of(200, "rate_limit_exceeded").kind == rate_limited);
  CHECK_FALSE(of(429, "").own);
  CHECK_FALSE(of(503, "").too_large);
  CHECK(of(400, "").kind == bad_request);
  CHECK(of(500, "").too_large);  // llama.cpp
  CHECK(of(503, "context_length_exceeded").kind == bad_request);
}

TEST_CASE("money and content that a status does not tell are known by the words beside it") {
  using enum failure_kind;
  const std::string spent =
      R"({"code":"Some resource has been exhausted","error":"Your team x has either used all )"
      R"(available credits or reached its monthly spending limit."})";
  CHECK(classified(429, spent).kind == quota_exhausted);
  CHECK(classified(403, spent).kind == quota_exhausted);
  const failure unsafe = classified(
      403, R"({"code":"The caller does not have permission to execute the specified operation",)"
           R"("error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"})");
  CHECK(unsafe.kind == content_filter);
  CHECK(unsafe.own);
}
