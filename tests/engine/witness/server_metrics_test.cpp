#include "engine/witness/server_metrics.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("vLLM's gauges are read, summed over its engines, its cache as their mean") {
  const auto seen = read_server_state(
      "# HELP vllm:num_requests_running Number of requests.\n"
      "# TYPE vllm:num_requests_running gauge\n"
      "vllm:num_requests_running{engine=\"0\",model_name=\"a } b \\\" c\"} 3.0\n"
      "vllm:num_requests_running{engine=\"1\",model_name=\"m\"} 4.0 1700000000000\n"
      "vllm:num_requests_running_total 99\n"
      "vllm:num_requests_waiting{engine=\"0\"} 1e1\n"
      "vllm:kv_cache_usage_perc{engine=\"0\"} 0.25\r\n"
      "vllm:kv_cache_usage_perc{engine=\"1\"} 0.75\n"
      "vllm:gpu_cache_usage_perc 0.9\n"
      "vllm:num_preemptions_total{engine=\"0\"} 2.0");
  REQUIRE(seen);
  CHECK(seen->software == "vLLM");
  CHECK(seen->running == 7.0);
  CHECK(seen->waiting == 10.0);
  CHECK(seen->cache_use == 0.5);
  CHECK(seen->preemptions == 2.0);
}

TEST_CASE("SGLang and llama.cpp have names of their own, and what one does not tell is missing") {
  const auto sglang = read_server_state(
      "sglang:num_running_reqs{model_name=\"m\"} 5\nsglang:num_queue_reqs 2\n"
      "sglang:token_usage 0.4\n");
  REQUIRE(sglang);
  CHECK(sglang->software == "SGLang");
  CHECK(sglang->running == 5.0);
  CHECK(sglang->waiting == 2.0);
  CHECK(sglang->cache_use == 0.4);
  const auto llama =
      read_server_state("llamacpp:requests_processing 1\nllamacpp:requests_deferred 6");
  REQUIRE(llama);
  CHECK(llama->software == "llama.cpp");
  CHECK(llama->waiting == 6.0);
  CHECK_FALSE(llama->cache_use);
}

TEST_CASE("what is none of theirs, or no number, is nothing") {
  for (const char* text :
       {"", "\n\n", "<html>", "vllm:num_requests_running", "vllm:num_requests_running{",
        "vllm:num_requests_running{a=\"", "vllm:num_requests_running{a=\"\\", "go_threads 3\n",
        "vllm:num_requests_running NaN\n", "vllm:num_requests_running +Inf\n",
        "vllm:num_requests_running -1\n", "vllm:num_requests_running{a=\"1\"}\n"}) {
    CAPTURE(text);
    CHECK_FALSE(read_server_state(text));
  }
}

TEST_CASE("a trial's samples come to a mean and the most there was") {
  server_course course;
  course.add({"vLLM", 2, 0, 0.5, 7});
  course.add({"vLLM", 4, 3, 0.25, 9});
  CHECK(text_of(course) ==
        "vLLM, 2 samples: running 3.0 (at most 4), waiting 1.5 (at most 3), KV cache 38 % (at "
        "most 50 %), 2 preempted");
  server_course bare;
  bare.add({"llama.cpp", 1, {}, {}, {}});
  CHECK(text_of(bare) == "llama.cpp, 1 sample: running 1.0 (at most 1)");
}
