#include "tools/mock/server/server.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/tools/mock/client.hpp"
#include "tools/mock/answers/answers.hpp"
#include "tools/mock/server/certificate.hpp"

using namespace retort;
using namespace retort::mock;
using namespace retort::test;
namespace asio = boost::asio;

namespace {

std::string gunzip(const std::string& packed) {
  std::string text(1 << 16, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

// A server that meets every request with one fault.
options always(fault wanted) {
  const std::string name(fault_names[static_cast<std::size_t>(wanted)]);
  return parse_options({{name, "1"}}).value();
}

// One request to such a server, over TLS and over plain http, and how it went.
template <class Check>
void with_fault(options chosen, Check check) {
  for (const bool plain : {false, true}) {
    CAPTURE(plain);
    chosen.plain = plain;
    const auto server = start_mock(chosen);
    mock_client client(*server);
    check(client, *server);
  }
}

std::filesystem::path temporary(const std::string& name) {
  return std::filesystem::temp_directory_path() /
         ("retort-mock-" + std::to_string(getpid()) + "-" + name);
}

std::string read_all(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the first answer over TLS") {
  const auto server = start_mock({});
  mock_client client(*server);
  const auto response =
      client.post(R"({"model":"gpt","messages":[{"role":"system","content":"Be careful."},)"
                  R"({"role":"user","content":"What is 5 + 3?"}]})");
  CHECK(response.status == 200);
  CHECK(response.headers.at("content-type") == "application/json");
  CHECK(response.headers.at("x-request-id") == "mock-1");
  CHECK(answer_in(response.body) == R"({"answer": "8"})");
  CHECK(response.body.find(R"("model":"gpt")") != std::string::npos);
  CHECK(response.body.find(R"("finish_reason":"stop")") != std::string::npos);
  const std::string usage =
      R"("usage":{"prompt_tokens":7,"completion_tokens":4,"total_tokens":11})";
  CHECK(response.body.find(usage) != std::string::npos);
  CHECK(server->base_url() == "https://127.0.0.1:" + std::to_string(server->port()) + "/v1");
}

TEST_CASE("plain http") {
  const auto server = start_plain();
  CHECK(server->base_url() == "http://127.0.0.1:" + std::to_string(server->port()) + "/v1");
  CHECK(server->ca_pem() == "");
  mock_client client(*server);
  CHECK(answer_in(client.ask("10 * 4").body) == R"({"answer": "40"})");
}

TEST_CASE("a connection serves many requests, under any prefix of the path") {
  const auto server = start_mock({});
  mock_client client(*server);
  for (const char* path :
       {"/v1/chat/completions", "/chat/completions?x=1", "/a/b/chat/completions"}) {
    CHECK(client.post(chat_body("1 + 1"), "", path).status == 200);
  }
  CHECK(server->snapshot().connections == 1);
  CHECK(server->snapshot().answered == 3);
}

TEST_CASE("the text style says how it got there") {
  options chosen;
  chosen.answer = answer_style::text;
  const auto server = start_plain(chosen);
  mock_client client(*server);
  CHECK(answer_in(client.ask("What is 5 + 3?").body) == "5 + 3 = 8. A: 8");
  CHECK(answer_in(client.ask("Hello!").body) == "I see no arithmetic to do here.");
}

TEST_CASE("an echo is the hash of its prompt, a wrong one off by its first digit") {
  options chosen;
  chosen.answer = answer_style::echo;
  const std::string of_hello = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969";
  const auto right = start_plain(chosen);
  CHECK(answer_in(mock_client(*right).ask("Hello").body) == of_hello);
  chosen.wrong = 1;
  const auto wrong = start_plain(chosen);
  const std::string off = answer_in(mock_client(*wrong).ask("Hello").body);
  CHECK(off[0] != of_hello[0]);
  CHECK(off.substr(1) == of_hello.substr(1));
}

TEST_CASE("the last user message is the prompt, be it text or parts") {
  const auto server = start_plain();
  mock_client client(*server);
  const auto response =
      client.post(R"({"model":"m","messages":[{"role":"user","content":"1 + 1"},)"
                  R"({"role":"assistant","content":"2"},)"
                  R"({"role":"user","content":[{"type":"text","text":"3 "},{"type":"image_url"},)"
                  R"({"type":"text","text":"+ 4"}]},{"role":"assistant","content":"9 + 9"}]})");
  CHECK(answer_in(response.body) == R"({"answer": "7"})");
}

TEST_CASE("a share of the prompts gets a wrong answer, the same one every time and in any order") {
  options chosen;
  chosen.wrong = 0.3;
  std::vector<std::string> first, second;
  for (std::vector<std::string>* answers : {&first, &second}) {
    const auto server = start_plain(chosen);
    mock_client client(*server);
    for (int i = 0; i < 200; ++i) {
      const int n = answers == &first ? i : 199 - i;
      answers->push_back(answer_in(client.ask(std::to_string(n) + " + 0").body));
    }
  }
  CHECK(first == std::vector<std::string>(second.rbegin(), second.rend()));
  int wrong = 0;
  for (int i = 0; i < 200; ++i) {
    wrong += first[i] != "{\"answer\": \"" + std::to_string(i) + "\"}" ? 1 : 0;
  }
  CHECK(wrong > 30);
  CHECK(wrong < 90);
}

TEST_CASE("at rate 1 every answer is wrong; another seed errs elsewhere") {
  options chosen;
  chosen.wrong = 1;
  const auto server = start_plain(chosen);
  mock_client client(*server);
  CHECK(answer_in(client.ask("5 + 3").body) != R"({"answer": "8"})");
  CHECK(hash_of_prompt("5 + 3", 1) != hash_of_prompt("5 + 3", 2));
}

TEST_CASE("answers are replayed from a file; a prompt without a row is told so") {
  const auto path = temporary("rows.jsonl");
  std::ofstream(path) << R"({"question": "How many eggs?", "answer": "She sells 9.\n#### 18"})";
  options chosen;
  chosen.replay = path;
  chosen.match = "question";
  chosen.reply = "answer";
  const auto server = start_plain(chosen);
  std::filesystem::remove(path);
  mock_client client(*server);
  CHECK(answer_in(client.ask("Q: How many eggs? A:").body) == "She sells 9.\n#### 18");
  const auto missing = client.ask("How many geese?");
  CHECK(missing.status == 404);
  CHECK(missing.body ==
        R"({"error":{"message":"No row of the replay file matches the last user message.",)"
        R"("type":"invalid_request_error","param":"messages","code":"no_replay_match"}})");
  CHECK(server->snapshot().refused == 1);
}

TEST_CASE(
    "requests that are not valid are refused in OpenAI's shape, and the connection lives on") {
  const auto server = start_mock({});
  mock_client client(*server);
  struct {
    const char *body, *param;
  } const table[] = {
      {"", "null"},
      {"{", "null"},
      {"[]", "null"},
      {R"({"model":"m","messages":[{"role":"user","content":"x"}],"x":})", "null"},
      {R"({"messages":[{"role":"user","content":"x"}]})", "\"model\""},
      {R"({"model":1,"messages":[{"role":"user","content":"x"}]})", "\"model\""},
      {R"({"model":"m"})", "\"messages\""},
      {R"({"model":"m","messages":[]})", "\"messages\""},
      {R"({"model":"m","messages":"x"})", "\"messages\""},
      {R"({"model":"m","messages":[{"role":"user"}]})", "\"messages\""},
      {R"({"model":"m","messages":[{"content":"x"}]})", "\"messages\""},
      {R"({"model":"m","messages":[{"role":"user","content":5}]})", "\"messages\""},
  };
  for (const auto& row : table) {
    CAPTURE(row.body);
    const auto response = client.post(row.body);
    CHECK(response.status == 400);
    CHECK(response.body.starts_with(R"({"error":{"message":")"));
    const std::string rest =
        std::string(R"("type":"invalid_request_error","param":)") + row.param + R"(,"code":null}})";
    CHECK(response.body.ends_with(rest));
  }
  CHECK(client.ask("1 + 1").status == 200);
  CHECK(server->snapshot().refused == std::size(table));
  CHECK(server->snapshot().connections == 1);
}

TEST_CASE("unknown paths, wrong methods and the model list") {
  const auto server = start_plain();
  mock_client client(*server);
  CHECK(client.get("/v1/nothing").status == 404);
  CHECK(client.get("/v1/counters").status == 404);
  CHECK(client.get("/v1/chat/completions").status == 405);
  CHECK(client.post("{}", "", "/v1/models").status == 405);
  CHECK(client.post("{}", "", "/counters").status == 405);
  const auto models = client.get("/v1/models");
  CHECK(models.status == 200);
  CHECK(models.body.find(R"("object":"list")") != std::string::npos);
}

TEST_CASE("bytes that are not HTTP get a 400 and the end") {
  const auto server = start_plain();
  mock_client client(*server);
  const auto response = client.exchange("nonsense\r\n\r\n");
  CHECK(response.status == 400);
  CHECK(response.headers.at("connection") == "close");
  CHECK(client.read_end() == asio::error::eof);
}

TEST_CASE("a client that asks for it, or speaks HTTP/1.0, finds the connection closed") {
  const auto server = start_plain();
  for (const std::string head : {"POST /chat/completions HTTP/1.1\r\nconnection: close\r\n",
                                 "POST /chat/completions HTTP/1.0\r\n"}) {
    mock_client client(*server);
    const std::string body = chat_body("1 + 1");
    const auto response = client.exchange(head + "content-length: " + std::to_string(body.size()) +
                                          "\r\n\r\n" + body);
    CHECK(response.status == 200);
    CHECK(response.headers.at("connection") == "close");
    CHECK(client.read_end() == asio::error::eof);
  }
}

TEST_CASE("the key is asked for when a variable names it") {
  setenv("RETORT_MOCK_TEST_KEY", "sesame", 1);
  options chosen;
  chosen.api_key_env = "RETORT_MOCK_TEST_KEY";
  const auto server = start_plain(chosen);
  mock_client client(*server);
  const std::string body = chat_body("1 + 1");
  CHECK(client.post(body, "authorization: Bearer sesame\r\n").status == 200);
  const auto refused = client.post(body, "authorization: Bearer wrong\r\n");
  CHECK(refused.status == 401);
  CHECK(refused.body.find(R"("code":"invalid_api_key")") != std::string::npos);
  CHECK(refused.body.find("sesame") == std::string::npos);
  CHECK(client.post(body).status == 401);
  CHECK(server->snapshot().refused == 2);
}

TEST_CASE("the certificate is good for localhost, 127.0.0.1 and ::1, and for nothing else") {
  const auto server = start_mock({});
  for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
    CHECK_FALSE(mock_client(*server).handshake(host).failed());
  }
  CHECK(mock_client(*server).handshake("example.com").failed());
  CHECK(mock_client(*server).handshake("127.0.0.2").failed());
}

TEST_CASE("the certificate can be made for another name") {
  for (const std::string name : {"example.com", "10.1.2.3"}) {
    options chosen;
    chosen.host_name = name;
    const auto server = start_mock(chosen);
    CHECK_FALSE(mock_client(*server).handshake(name).failed());
    CHECK(mock_client(*server).handshake("127.0.0.1").failed());
  }
}

TEST_CASE("a certificate of another authority is not trusted") {
  const auto server = start_mock({}), other = start_mock({});
  CHECK(server->ca_pem() != other->ca_pem());
}

TEST_CASE("the authority is written for others to trust") {
  options chosen;
  chosen.write_ca = temporary("ca.pem");
  const auto server = start_mock(chosen);
  CHECK(read_all(chosen.write_ca) == server->ca_pem());
  CHECK(server->ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
  std::filesystem::remove(chosen.write_ca);
}

TEST_CASE("a user's certificate is presented") {
  const auto made = make_certificate("my.host").value();
  options chosen;
  chosen.cert = temporary("cert.pem");
  chosen.key = temporary("key.pem");
  std::ofstream(chosen.cert) << made.chain_pem << made.ca_pem;
  std::ofstream(chosen.key) << made.key_pem;
  const auto server = start_mock(chosen);
  CHECK(server->ca_pem() == made.chain_pem + made.ca_pem);
  mock_client client(*server);
  CHECK_FALSE(client.handshake("my.host").failed());
  CHECK(client.ask("1 + 1").status == 200);
  std::filesystem::remove(chosen.cert);
  std::filesystem::remove(chosen.key);
}

TEST_CASE("what keeps a server from starting is said in one line") {
  const auto running = start_plain();
  const std::string port = std::to_string(running->port());
  const auto made = make_certificate("").value();
  const auto cert = temporary("c.pem"), key = temporary("k.pem");
  std::ofstream(cert) << made.chain_pem;
  std::ofstream(key) << make_certificate("").value().key_pem;
  struct {
    std::map<std::string, std::string> values;
    errc code;
    std::string message;
  } const table[] = {
      {{{"port", port}},
       errc::usage,
       "cannot listen on 127.0.0.1:" + port + ": Address already in use"},
      {{{"api_key_env", "RETORT_NOT_SET"}},
       errc::usage,
       "the environment variable RETORT_NOT_SET is not set"},
      {{{"replay", "/nonexistent"}, {"match", "q"}, {"reply", "a"}},
       errc::unreadable,
       "cannot open /nonexistent"},
      {{{"cert", "/nonexistent"}, {"key", key}}, errc::unreadable, "cannot open /nonexistent"},
      {{{"cert", cert}, {"key", "/nonexistent"}}, errc::unreadable, "cannot open /nonexistent"},
      {{{"cert", "/dev/null"}, {"key", key}}, errc::usage, "cert is not a PEM certificate: "},
      {{{"cert", cert}, {"key", key}}, errc::usage, "key does not fit the certificate: "},
      {{{"write_times", "/nonexistent/t.jsonl"}}, errc::unwritable, "/nonexistent/t.jsonl: "},
      {{{"write_ca", "/nonexistent/ca.pem"}}, errc::disk, "cannot write /nonexistent/ca.pem"},
  };
  for (const auto& row : table) {
    CAPTURE(row.message);
    const auto started = server::start(parse_options(row.values).value());
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().code == row.code);
    CHECK(started.error().message.starts_with(row.message));
  }
  std::filesystem::remove(cert);
  std::filesystem::remove(key);
}

TEST_CASE("TLS sessions are resumed, and counted") {
  const auto server = start_mock({});
  mock_client first(*server), second(*server);
  CHECK(first.ask("1 + 1").status == 200);
  CHECK_FALSE(first.resumed());
  second.resume(first.session());
  CHECK(second.ask("1 + 1").status == 200);
  CHECK(second.resumed());
  CHECK(server->snapshot().handshakes == 2);
  CHECK(server->snapshot().resumed_handshakes == 1);
}

TEST_CASE("responses come in chunks, compressed, or both") {
  options chosen;
  chosen.chunked = 1;
  chosen.gzip = true;
  const auto server = start_mock(chosen);
  mock_client client(*server);
  const auto chunked = client.ask("5 + 3");
  CHECK(chunked.headers.at("transfer-encoding") == "chunked");
  CHECK_FALSE(chunked.headers.contains("content-encoding"));
  CHECK(answer_in(chunked.body) == R"({"answer": "8"})");
  const auto both = client.post(chat_body("5 + 3"), "accept-encoding: br, gzip\r\n");
  CHECK(both.headers.at("content-encoding") == "gzip");
  CHECK(answer_in(gunzip(both.body)) == R"({"answer": "8"})");
}

TEST_CASE("a latency is waited for without holding up the others") {
  options chosen;
  chosen.latency_ms = 3'600'000;
  const auto server = start_plain(chosen);
  mock_client a(*server), b(*server), c(*server), watching(*server);
  for (mock_client* client : {&a, &b, &c}) client->send_chat("5 + 3");
  std::string counted;
  while (counted.find(R"("peak_in_flight":3)") == std::string::npos) {
    counted = watching.get("/counters").body;
  }
  CHECK(counted.find(R"("requests":3,"answered":0,)") != std::string::npos);
  for (mock_client* client : {&a, &b, &c}) CHECK(client->is_silent());
}

TEST_CASE("after its latency a request is answered") {
  options chosen;
  chosen.latency_ms = 1;
  const auto server = start_plain(chosen);
  mock_client client(*server);
  CHECK(answer_in(client.ask("5 + 3").body) == R"({"answer": "8"})");
}

TEST_CASE("when a request was read and each piece of its answer left is written down") {
  options chosen;
  chosen.write_times = temporary("times.jsonl");
  chosen.latency_ms = 20;
  chosen.event_ms = 10;
  chosen.events = 3;
  const auto server = start_plain(chosen);
  mock_client client(*server);
  const auto before = std::chrono::steady_clock::now().time_since_epoch();
  client.ask("5 + 3");
  client.post(R"({"model":"m","stream":true,"messages":[{"role":"user","content":"5 + 3"}]})");
  client.post("no JSON");
  client.get("/counters");
  const auto after = std::chrono::steady_clock::now().time_since_epoch();
  REQUIRE(server->stop().has_value());
  std::ifstream lines(chosen.write_times);
  std::vector<std::vector<std::int64_t>> stamps;  // received first
  for (std::string line; std::getline(lines, line);) {
    std::int64_t received = 0, first = 0, second = 0, third = 0;
    int length = 0;
    const int read =
        std::sscanf(line.c_str(), "{\"received_ns\":%ld,\"sent_ns\":[%ld%n,%ld,%ld]}%n", &received,
                    &first, &length, &second, &third, &length);
    CHECK(line.substr(static_cast<std::size_t>(length)) == (read == 2 ? "]}" : ""));
    stamps.push_back({received, first, second, third});
    stamps.back().resize(static_cast<std::size_t>(read));
  }
  REQUIRE(stamps.size() == 2);
  CHECK(stamps[0].size() == 2);
  CHECK(stamps[1].size() == 4);
  std::int64_t last = std::chrono::nanoseconds(before).count();
  for (const auto& answer : stamps) {
    CHECK(answer[0] >= last);
    CHECK(answer[1] >= answer[0] + 20'000'000);
    for (std::size_t i = 2; i < answer.size(); ++i) CHECK(answer[i] >= answer[i - 1] + 10'000'000);
    last = answer.back();
  }
  CHECK(last <= std::chrono::nanoseconds(after).count());
  std::filesystem::remove(chosen.write_times);
}

TEST_CASE("times that cannot be written to their end are told when the server stops") {
  options chosen;
  chosen.write_times = "/dev/full";
  const auto server = start_plain(chosen);
  mock_client client(*server);
  CHECK(client.ask("5 + 3").status == 200);
  const auto stopped = server->stop();
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == errc::disk);
  CHECK(server->stop().has_value());
}

TEST_CASE("rate_limit: 429 with whole or exact waiting times") {
  const options chosen = always(fault::rate_limit);
  with_fault(chosen, [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.status == 429);
    CHECK(response.headers.at("retry-after") == "1");
    CHECK_FALSE(response.headers.contains("retry-after-ms"));
    CHECK(response.body.find(R"("code":"rate_limit_exceeded")") != std::string::npos);
  });
  options exact = chosen;
  exact.retry_after_s = 1.25;
  with_fault(exact, [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.headers.at("retry-after") == "2");
    CHECK(response.headers.at("retry-after-ms") == "1250");
  });
}

TEST_CASE("error_500 and error_503: the error, on a connection that lives on") {
  struct {
    fault wanted;
    int status;
  } const table[] = {{fault::error_500, 500}, {fault::error_503, 503}};
  for (const auto& row : table) {
    with_fault(always(row.wanted), [&](mock_client& client, const server&) {
      CHECK(client.ask("1 + 1").status == row.status);
      const auto response = client.ask("1 + 1");
      CHECK(response.status == row.status);
      CHECK(response.body.find(R"("type":"server_error")") != std::string::npos);
    });
  }
}

TEST_CASE("reset_before: a reset, and not a byte before it") {
  with_fault(always(fault::reset_before), [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.status == 0);
    CHECK(response.end == asio::error::connection_reset);
  });
}

TEST_CASE("reset_middle: half of the body, then a reset") {
  with_fault(always(fault::reset_middle), [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.status == 200);
    CHECK(response.body.size() == std::stoul(response.headers.at("content-length")) / 2);
    CHECK(response.end == asio::error::connection_reset);
  });
}

TEST_CASE(
    "truncated: half of the announced body, then a clean close, even where chunks are asked") {
  options chosen = always(fault::truncated);
  chosen.chunked = 1;
  with_fault(chosen, [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.status == 200);
    CHECK(response.body.size() == std::stoul(response.headers.at("content-length")) / 2);
    CHECK(response.end == asio::error::eof);
  });
}

TEST_CASE("stall: half of the body, then silence") {
  with_fault(always(fault::stall), [](mock_client& client, const server& server) {
    client.handshake("127.0.0.1");
    client.send_chat("1 + 1");
    const auto response = client.receive(1);
    CHECK(response.status == 200);
    CHECK(response.body.size() == std::stoul(response.headers.at("content-length")) / 2);
    CHECK(client.is_silent());
    CHECK(server.snapshot().of(fault::stall) == 1);
  });
}

TEST_CASE("invalid_json: 200, whole, and broken") {
  with_fault(always(fault::invalid_json), [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.status == 200);
    CHECK(response.whole);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    CHECK(parser.parse(response.body).get(root) != simdjson::SUCCESS);
  });
}

TEST_CASE("connection_close: a good answer, then a clean close") {
  with_fault(always(fault::connection_close), [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.headers.at("connection") == "close");
    CHECK(answer_in(response.body) == R"({"answer": "2"})");
    CHECK(client.read_end() == asio::error::eof);
  });
}

TEST_CASE("blank_lines: a good answer behind white space") {
  with_fault(always(fault::blank_lines), [](mock_client& client, const server&) {
    const auto response = client.ask("1 + 1");
    CHECK(response.body.starts_with("\n\n"));
    CHECK(answer_in(response.body) == R"({"answer": "2"})");
    CHECK(client.ask("1 + 1").whole);
  });
}

TEST_CASE("one request counts once, as what became of it") {
  for (std::size_t i = 0; i < fault_count; ++i) {
    const auto wanted = static_cast<fault>(i);
    CAPTURE(fault_names[i]);
    const auto server = start_plain(always(wanted));
    mock_client client(*server);
    CHECK(client.get("/v1/models").status == 200);
    client.send_chat("1 + 1", is_of_streams(wanted));
    client.receive(1);
    const counters seen = server->snapshot();
    CHECK(seen.requests == 1);
    CHECK(seen.answered == (is_harmless(wanted) ? 1 : 0));
    for (std::size_t k = 0; k < fault_count; ++k) CHECK(seen.faults[k] == (k == i ? 1 : 0));
  }
}

TEST_CASE("the counters know a prompt that was answered again") {
  const auto server = start_plain();
  mock_client client(*server);
  for (const char* prompt : {"1 + 1", "1 + 2", "1 + 1", "1 + 1"}) client.ask(prompt);
  const counters seen = server->snapshot();
  CHECK(seen.answered == 4);
  CHECK(seen.repeats == 2);
  CHECK(seen.handshakes == 0);
  CHECK(
      client.get("/counters")
          .body.starts_with(
              R"({"connections":1,"open_connections":1,"handshakes":0,"resumed_handshakes":0,"requests":4,"answered":4,)"
              R"("streamed":0,"repeats":2,"refused":0,"rate_limited":0,"peak_in_flight":1,"queued":0,)"
              R"("peak_queued":0,"prompt_tokens":8,"completion_tokens":16,"bytes_received":)"));
}

TEST_CASE("bytes are counted both ways") {
  const auto server = start_plain();
  mock_client client(*server);
  const std::string asked = "GET /v1/models HTTP/1.1\r\n\r\n";
  const auto response = client.exchange(asked);
  CHECK(server->snapshot().bytes_received == asked.size());
  CHECK(server->snapshot().bytes_sent > response.body.size() + 60);
}

namespace {

// What a client sees of one request: the status, and how far it got.
std::string fate_of_one_request(const server& server) {
  mock_client client(server);
  const auto response = client.ask("1 + 1");
  const bool good = response.whole && answer_in(response.body) == R"({"answer": "2"})";
  return std::to_string(response.status) + (good ? " good" : response.whole ? " whole" : " cut");
}

std::vector<std::string> fates(std::uint64_t seed, counters& seen) {
  std::map<std::string, std::string> values = {{"seed", std::to_string(seed)}};
  for (std::string_view name : fault_names) values[std::string(name)] = "0.08";
  values.erase("stall");  // would need a deadline here
  values["plain"] = "true";
  const auto server = start_mock(parse_options(values).value());
  std::vector<std::string> all;
  for (int i = 0; i < 300; ++i) all.push_back(fate_of_one_request(*server));
  seen = server->snapshot();
  return all;
}

}  // namespace

TEST_CASE("mixed faults: the seed decides them, and the counters agree with the client") {
  counters seen, again, other;
  const auto first = fates(7, seen);
  CHECK(first == fates(7, again));
  CHECK(first != fates(8, other));
  const auto count = [&](const char* fate) {
    return static_cast<std::uint64_t>(std::count(first.begin(), first.end(), fate));
  };
  CHECK(seen.requests == 300);
  CHECK(seen.repeats + 1 == seen.answered);
  CHECK(seen.answered == count("200 good"));
  CHECK(seen.of(fault::invalid_json) == count("200 whole"));
  CHECK(seen.of(fault::rate_limit) == count("429 whole"));
  CHECK(seen.of(fault::error_500) == count("500 whole"));
  CHECK(seen.of(fault::error_503) == count("503 whole"));
  CHECK(seen.of(fault::reset_before) == count("0 cut"));
  CHECK(seen.of(fault::reset_middle) + seen.of(fault::truncated) == count("200 cut"));
  for (std::size_t i = 0; i < fault_count; ++i) {
    const auto each = static_cast<fault>(i);
    if (each != fault::stall) CHECK((seen.faults[i] > 0) == !is_of_streams(each));
  }
}

TEST_CASE("a server stops with connections in the middle of anything, and its counters stay") {
  for (const bool plain : {false, true}) {
    options chosen;
    chosen.plain = plain;
    chosen.latency_ms = 3'600'000;
    const auto waiting = start_mock(chosen);
    options stalling = always(fault::stall);
    stalling.plain = plain;
    const auto stalled = start_mock(stalling);
    mock_client silent(*waiting), half(*waiting), late(*waiting), cut(*stalled);
    half.send("POST /chat/completions HTTP/1.1\r\ncontent-length: 100\r\n\r\n{");
    late.send_chat("1 + 1");
    cut.send_chat("1 + 1");
    cut.receive(1);
    waiting->stop();
    waiting->stop();
    stalled->stop();
    CHECK(half.receive().end);
    CHECK(late.receive().status == 0);
    CHECK(cut.read_end());
    CHECK(stalled->snapshot().of(fault::stall) == 1);
  }
}

TEST_CASE("the counters can be read from another thread while requests run") {
  const auto server = start_mock({});
  std::atomic<bool> done = false;
  std::thread asking([&] {
    mock_client client(*server);
    for (int i = 0; i < 100; ++i) client.ask("1 + 1");
    done = true;
  });
  std::uint64_t last = 0;
  bool only_rising = true;
  while (!done) {
    const std::uint64_t now = server->snapshot().answered;
    only_rising = only_rising && now >= last;
    last = now;
  }
  asking.join();
  CHECK(only_rising);
  CHECK(server->snapshot().answered == 100);
}
