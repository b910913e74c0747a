// `retort run --metrics`: what Prometheus finds there while a run is at work, and behind it.
#include <doctest/doctest.h>
#include <re2/re2.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort::test;
namespace asio = boost::asio;

namespace {

std::string page_at(int port) {
  asio::io_context context;
  asio::ip::tcp::socket to(context);
  to.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
  asio::write(to, asio::buffer(std::string("GET /metrics HTTP/1.1\r\n\r\n")));
  std::string got;
  boost::system::error_code ec;
  asio::read(to, asio::dynamic_buffer(got), ec);
  return got;
}

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a run at work says how far it is to whoever looks, and ends as it would without") {
  retort::mock::options slow;
  slow.latency_ms = 1000;
  const rehearsal run(40, slow);
  child_process child = run.start_run({"--metrics", "0"});
  int port = 0;
  REQUIRE(eventually([&] {
    return RE2::PartialMatch(child.errors(), "metrics: http://127.0.0.1:(\\d+)/metrics\n", &port) ||
           !child.is_running();
  }));
  REQUIRE(port > 0);
  std::string page = page_at(port);
  CHECK(page.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(mentions(page, "retort_in_flight{run=\"rehearsal\"} "));
  // Before the dataset has been read to its end it is about so many.
  REQUIRE(eventually([&] {
    page = page_at(port);
    return mentions(page, "retort_samples_expected{run=\"rehearsal\"} 40\n");
  }));
  const outcome left = finish(std::move(child));
  INFO(left.errors);
  CHECK(left.status == 0);
}

TEST_CASE("a file for the collector holds, in the end, what the run came to") {
  const rehearsal run(20);
  const outcome left = run.run({"--metrics", "retort.prom"});
  INFO(left.errors);
  CHECK(left.status == 0);
  const std::string text = run.content("retort.prom");
  CHECK(mentions(text, "retort_requests_total{run=\"rehearsal\"} 20\n"));
  CHECK(mentions(text, "retort_samples_expected{run=\"rehearsal\"} 20\n"));
}

TEST_CASE("metrics that cannot be shown end a run before anything is sent or moved") {
  const rehearsal run(20);
  REQUIRE(run.run().status == 0);
  const std::uint64_t sent = run.seen().requests;
  for (const char* where : {"run/ledger.jsonl", "none/a.prom", "99999"}) {
    CAPTURE(where);
    const outcome left = run.run({"--fresh", "--metrics", where});
    CHECK(left.status == 2);
    CHECK(mentions(left.errors, "--metrics"));
  }
  CHECK(run.seen().requests == sent);
  CHECK(mentions(run.run().output, "20 generated"));  // the run is where it was
}
