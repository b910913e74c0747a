#include "engine/directory/dataset_card.hpp"

#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// A run in `runs/r` with these outputs, each of ten rows more than the one before.
struct carded {
  explicit carded(std::vector<output_config> outputs) {
    run.run = "r";
    run.run_dir = "runs/r";
    run.outputs = std::move(outputs);
    for (std::uint64_t rows = 0; const output_config& one : run.outputs) {
      rows += 10;
      const std::string first = one.path.substr(0, one.path.find('.')) + "-00000.jsonl";
      written.push_back({view_kind::exported, one.shard_mb ? first : one.path, rows});
    }
    facts.run = "r";
    facts.version = "0.1.0";
    facts.first_began_ms = 1'795'787'509'298;
    facts.ended_ms = 1'795'787'569'679;
    facts.config_hash = "0123456789abcdef";
  }

  std::string text() const { return dataset_card(run, facts, written); }
  YAML::Node header() const {
    const std::string all = text();
    return YAML::Load(all.substr(4, all.find("\n---\n") - 4));
  }

  config run;
  run_facts facts;
  std::vector<written_view> written;
};

output_config output(std::string path, std::string format, part of = part::training) {
  output_config out;
  out.path = std::move(path);
  out.format = std::move(format);
  out.part = of;
  return out;
}

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a hub finds each file under its split, by paths from the card's place") {
  const auto header = carded({output("runs/r/sft.jsonl", "messages"),
                              output("runs/r/eval.jsonl", "messages", part::holdout)})
                          .header();
  CHECK(header["annotations_creators"][0].as<std::string>() == "machine-generated");
  CHECK(header["size_categories"][0].as<std::string>() == "n<1K");
  REQUIRE(header["configs"].size() == 1);
  const auto only = header["configs"][0];
  CHECK(only["config_name"].as<std::string>() == "default");
  REQUIRE(only["data_files"].size() == 2);
  CHECK(only["data_files"][0]["split"].as<std::string>() == "train");
  CHECK(only["data_files"][0]["path"].as<std::string>() == "sft.jsonl");
  CHECK(only["data_files"][1]["split"].as<std::string>() == "test");
  CHECK(only["data_files"][1]["path"].as<std::string>() == "eval.jsonl");
}

TEST_CASE("what does not load as one table is a config of its own, each under another name") {
  const auto header =
      carded({output("runs/r/a.jsonl", "messages"), output("runs/r/b.jsonl", "preference"),
              output("runs/r/c.jsonl", "messages"), output("runs/r/d.jsonl", "messages")})
          .header();
  std::vector<std::string> names;
  for (const auto& one : header["configs"]) names.push_back(one["config_name"].as<std::string>());
  CHECK(names == std::vector<std::string>{"messages", "preference", "c", "d"});
}

TEST_CASE("shards are a pattern, and files elsewhere say where the card belongs") {
  output_config sharded = output("data/sft.jsonl", "messages");
  sharded.shard_mb = 500;
  const carded of({sharded, output("data/more/dpo.jsonl", "preference")});
  const auto header = of.header();
  CHECK(header["configs"][0]["data_files"][0]["path"].as<std::string>() ==
        "sft-[0-9][0-9][0-9][0-9][0-9].jsonl");
  CHECK(header["configs"][1]["data_files"][0]["path"].as<std::string>() == "more/dpo.jsonl");
  CHECK(mentions(of.text(), "# The paths below are in \"" +
                                (std::filesystem::current_path() / "data").string() +
                                "\": this file belongs there.\n"));
}

TEST_CASE(
    "files of another kind than the first, and names that are patterns, are left out and named") {
  const carded of({output("runs/r/a.parquet", "messages"), output("runs/r/b.jsonl", "messages"),
                   output("runs/r/c.csv", "prompt_completion"),
                   output("runs/r/d[1].parquet", "text"), output("runs/r/e.parquet", "text")});
  std::vector<std::string> paths;
  for (const auto& one : of.header()["configs"]) {
    paths.push_back(one["data_files"][0]["path"].as<std::string>());
  }
  CHECK(paths == std::vector<std::string>{"a.parquet", "e.parquet"});
  CHECK(mentions(of.text(), "# Not below: \"b.jsonl\", since a hub reads files of one kind"));
  CHECK(
      mentions(of.text(), "# Not below: \"d[1].parquet\", which would be taken for a pattern.\n"));
  CHECK(mentions(of.text(), "| e.parquet | text | train | 50 |"));
}

TEST_CASE("standard output is no file of a dataset") {
  const carded of({output("-", "messages")});
  CHECK(!of.header()["configs"]);
}

TEST_CASE("who answered, what it cost and what was left out is said") {
  carded of({output("runs/r/a.jsonl", "messages")});
  of.facts.accepted = 10;
  of.facts.rejected[reject_reason::incorrect] = 3;
  of.facts.failed = 2;
  of.facts.records = 15;
  of.facts.dataset_fingerprint = 0xabcd;
  variant_facts one;
  one.provider = "openai";
  one.model = "gpt_x";
  one.costs = price{1, 0.5, 2};
  one.asked.used = {1'000'000, 0, 500'000};
  one.asked.models = {{"gpt_x-2026", 15}};
  one.asked.service_tiers = {{"default", 15}};
  of.facts.variants.push_back(one);
  const std::string text = of.text();
  CHECK(mentions(text,
                 "| gpt\\_x | openai | gpt\\_x-2026 | default | 1000000 | 0 | 500000 | "
                 "2.0000 |\n"));
  CHECK(mentions(text,
                 "10 samples were accepted, 3 rejected (incorrect 3), 2 failed. All of it cost "
                 "2.0000 USD, 0.200000 USD for each accepted one.\n"));
  CHECK(mentions(text, "over 15 records, whose fingerprint is 000000000000abcd"));
  CHECK(mentions(text, "from 2026-11-27 13:51 UTC to 2026-11-27 13:52 UTC"));
}

TEST_CASE("what others have named is only text") {
  carded of({output("runs/r/a.jsonl", "messages")});
  of.run.run = "a\"\n---\n<script>";
  of.facts.config["prompt.user"] = "```\n# no title\n<script>";
  variant_facts one;
  one.asked.models = {{"m|<img src=x>\n\n# title", 1}};
  of.facts.variants.push_back(one);
  CHECK(of.header()["pretty_name"].as<std::string>() == "a\" --- <script>");
  const std::string text = of.text();
  CHECK(mentions(text, "\n# a\" --- \\<script\\>\n"));
  CHECK(mentions(text, "m\\|\\<img src=x\\>  # title"));
  CHECK(mentions(text, "\n````yaml\nprompt.user: \"```\\n# no title\\n<script>\"\n````\n"));
}

TEST_CASE("a card is made anew until somebody has put in a word") {
  const test::temporary_directory directory;
  const std::string path = directory.path() + "/README.md";
  const carded first({output("runs/r/a.jsonl", "messages")});
  const carded second({output("runs/r/b.jsonl", "messages")});
  const auto written = [&](const carded& of) {
    REQUIRE(replace_card(path, of.text()).has_value());
    return test::content_of(path);
  };
  CHECK(mentions(written(first), "path: \"a.jsonl\""));
  const std::string card = written(second);
  CHECK(mentions(card, "path: \"b.jsonl\""));
  for (const std::string& other :
       {std::string(), std::string("# My project\n"), card + " ", card.substr(0, 150),
        std::string(card).insert(card.find("pretty_name"), "license: mit\n")}) {
    (void)directory.file("README.md", other);
    CHECK(written(first) == other);
  }
  test::make_unreadable(path);  // whose word it has is not known
  CHECK(replace_card(path, first.text()).error().code == errc::unreadable);
}

TEST_CASE("a key that looks like the seal's place, or like a card's words, spoils no card") {
  const test::temporary_directory files;
  const std::string path = files.path() + "/README.md";
  for (const std::string key : {"0000000000000000", "Made by retort. A", "machine-generated"}) {
    carded of({output("runs/r/a.jsonl", "messages")});
    of.facts.config_hash = "0000000000000000";
    const auto mask = [&](std::string& text) {
      for (auto at = text.find(key); at != text.npos; at = text.find(key)) {
        text.replace(at, key.size(), "***");
      }
    };
    for (const char* version : {"0.1.0", "0.2.0"}) {  // the second takes the first's place
      of.facts.version = version;
      REQUIRE(replace_card(path, of.text(), mask).has_value());
      CHECK(mentions(test::content_of(path), version));
    }
  }
}
