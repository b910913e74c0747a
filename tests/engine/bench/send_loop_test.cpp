#include "engine/bench/send_loop.hpp"

#include <doctest/doctest.h>

#include <future>
#include <stdexcept>

using namespace retort;
using namespace retort::engine;

namespace {

struct two_endpoints {
  config what = parse_config(
                    "run: b\ndataset: {generate: 1}\nprompt: {user: x}\nmodels:\n"
                    "  - {provider: openai, model: m, base_url: \"http://a.test/v1\"}\n"
                    "  - {provider: openai, model: n, base_url: \"http://b.test/v1\", "
                    "api_key_env: SOME_KEY}\n",
                    "test", {})
                    .value();
  io::asio::io_context context{1};
  send_loop::endpoint_list all = make_endpoints(what, {}, context.get_executor(), [](const char*) {
                                   return "s3cret";
                                 }).value();
};

}  // namespace

TEST_CASE("a further loop has the same endpoints with the same keys, and clients of its own") {
  two_endpoints from;
  const auto loop = send_loop::make(from.all).value();
  for (std::size_t place = 0; place < 2; ++place) {
    const endpoint &old = *from.all[place], &same = *loop->at(place);
    CHECK(same.name == old.name);
    CHECK(same.key == old.key);
    CHECK(same.hash == old.hash);
    CHECK(same.model == old.model);
    CHECK(same.dialect == old.dialect);
    CHECK(same.client != old.client);
    CHECK(same.client->usual_url() == old.client->usual_url());
    CHECK(same.without_key("it said s3cret") == old.without_key("it said s3cret"));
  }
}

TEST_CASE("it runs what it is given on its own thread until it is ended") {
  two_endpoints from;
  const auto loop = send_loop::make(from.all).value();
  std::promise<std::thread::id> where;
  io::asio::post(loop->on(), [&] { where.set_value(std::this_thread::get_id()); });
  CHECK(where.get_future().get() != std::this_thread::get_id());
  CHECK_FALSE(loop->end());
  CHECK_FALSE(loop->end());
}

TEST_CASE("what is thrown on it is told at its end, and does not end the program") {
  two_endpoints from;
  const auto loop = send_loop::make(from.all).value();
  io::asio::post(loop->on(), [] { throw std::runtime_error("broken"); });
  std::promise<void> went_on;
  io::asio::post(loop->on(), [&] { went_on.set_value(); });
  went_on.get_future().get();
  const std::exception_ptr thrown = loop->end();
  REQUIRE(thrown);
  CHECK_THROWS_WITH(std::rethrow_exception(thrown), "broken");
}
