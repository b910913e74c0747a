#include "engine/directory/run_facts.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include "engine/config/prices.hpp"
#include "io/base/hex.hpp"
#include "io/base/json_writer.hpp"
#include "io/base/version.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"
#include "providers/body/json_fields.hpp"

namespace retort::engine {
namespace {

using providers::for_elements;
using providers::for_members;
using providers::found;
using providers::text_at;
using simdjson::dom::element;

std::optional<price> known_price(const model_config& model) {
  const auto costs = price_of(model);
  return costs ? std::optional(*costs) : std::nullopt;
}

std::string hex_text(std::uint64_t hash) {
  const auto hex = io::to_hex(hash);
  return {hex.data(), hex.size()};
}

// Besides what shapes answers, verdicts and views: how often it asks, and of what.
void add_plan(const config& run, std::map<std::string, std::string>& into) {
  into["samples.n"] = fmt::format("{}", run.samples.n);
  if (run.samples.until_accepted) {
    into["samples.until_accepted"] = fmt::format("{}", run.samples.until_accepted);
  }
  if (run.escalate) into["escalate"] = "true";
  for (std::size_t i = 0; i < run.dataset.paths.size(); ++i) {
    into[fmt::format("dataset.path.{}", i)] = run.dataset.paths[i];
  }
  if (run.dataset.limit) into["dataset.limit"] = fmt::format("{}", *run.dataset.limit);
}

std::string hash_of(const std::map<std::string, std::string>& values) {
  std::string all;
  for (const auto& [path, value] : values) all += path + '\0' + value + '\0';
  return hex_text(XXH3_64bits(all.data(), all.size()));
}

void add_step(const config& asked, std::uint32_t step, run_facts& into) {
  const std::uint32_t combinations = combinations_of(asked);
  for (std::uint32_t i = 0; i < asked.models.size() * combinations; ++i) {
    const model_config& model = asked.models[model_of(asked, i)];
    const variation* const varied = variation_of(asked, i);
    into.variants.push_back({step,
                             i,
                             asked.step,
                             std::string(api_of(model)),
                             model.model,
                             varied ? varied->values : "",
                             known_price(model),
                             {}});
    if (model.provider == "mock") into.variants.back().provider = model.provider;
  }
  for (const judge_config& one : asked.judges) {
    into.judges.push_back({step,
                           std::string(asked.evaluate[one.evaluator].called()),
                           one.model.provider,
                           one.model.model,
                           known_price(one.model),
                           {}});
  }
  for (std::size_t i = 0; i < asked.evaluate.size(); ++i) {
    const evaluator_config& one = asked.evaluate[i];
    into.evaluators.push_back(
        {step, one.kind, std::string(one.called()), one.threshold, decides(asked.evaluate, i)});
  }
}

void write_price(io::json_writer& json, const std::optional<price>& costs) {
  json.key("price");
  if (!costs) return json.raw("null");
  json.open_object();
  json.member("input", costs->input);
  json.member("cached", costs->cached);
  json.member("cache_write", costs->cache_write);
  json.member("output", costs->output);
  json.close_object();
}

void write_used(io::json_writer& json, const usage_sum& used, const std::optional<price>& costs) {
  write_price(json, costs);
  json.member("input_tokens", used.input);
  json.member("cached_tokens", used.cached);
  json.member("cache_written_tokens", used.cache_written);
  json.member("output_tokens", used.output);
  if (used.untold > 0) json.member("answers_without_usage", used.untold);
  json.member("usd", usd_of(used, costs));
}

void write_names(io::json_writer& json, std::string_view key,
                 const ledger_account::by_name& names) {
  json.key(key);
  json.open_object();
  for (const auto& [name, answers] : names) {
    json.foreign_key(name);
    json.value(answers);
  }
  json.close_object();
}

void write_variant(io::json_writer& json, const variant_facts& of) {
  json.open_object();
  json.member("step", of.step);
  if (!of.step_name.empty()) json.member("step_name", of.step_name);
  json.member("variant", of.variant);
  json.member("provider", of.provider);
  json.member("model", of.model);
  if (!of.values.empty()) json.member_raw("values", of.values);
  write_used(json, of.asked.used, of.costs);
  if (of.unneeded > 0) json.member("failed_unneeded", of.unneeded);
  write_names(json, "models_served", of.asked.models);
  write_names(json, "service_tiers_served", of.asked.service_tiers);
  json.close_object();
}

void write_judge(io::json_writer& json, const judge_facts& of) {
  json.open_object();
  json.member("step", of.step);
  json.member("name", of.name);
  json.member("provider", of.provider);
  json.member("model", of.model);
  write_used(json, of.used, of.costs);
  json.close_object();
}

void write_evaluator(io::json_writer& json, const evaluator_facts& of) {
  json.open_object();
  json.member("step", of.step);
  json.member("kind", of.kind);
  json.member("name", of.name);
  json.member("threshold", of.threshold);
  json.member("decides", of.decides);
  json.close_object();
}

template <class Parts, class Write>
void write_list(io::json_writer& json, std::string_view key, const Parts& parts, Write write) {
  json.key(key);
  json.open_array();
  for (const auto& one : parts) write(json, one);
  json.close_array();
}

void write_config(io::json_writer& json, const run_facts& of) {
  json.member("config_hash", of.config_hash);
  json.key("config");
  json.open_object();
  for (const auto& [path, value] : of.config) {
    json.foreign_key(path);
    json.value(value);
  }
  json.close_object();
}

void write_dataset(io::json_writer& json, const run_facts& of) {
  json.key("dataset");
  json.open_object();
  json.member("records", of.records);
  json.key("fingerprint");
  of.dataset_fingerprint ? json.value(hex_text(*of.dataset_fingerprint)) : json.raw("null");
  json.close_object();
}

void write_live(io::json_writer& json, const live_facts& of) {
  json.key("live");
  json.open_object();
  json.member("at_ms", of.at_ms);
  json.member("done", of.done);
  json.member("total", of.total);
  json.member("accepted", of.accepted);
  json.member("rejected", of.rejected);
  json.member("failed", of.failed);
  json.member("per_s", of.per_s);
  json.member("usd", of.usd);
  json.close_object();
}

void write_times(io::json_writer& json, const run_facts& of) {
  json.member("first_began_ms", of.first_began_ms);
  json.member("began_ms", of.began_ms);
  if (of.ended_ms) json.member("ended_ms", of.ended_ms);
  json.member("elapsed_s", of.elapsed_s);
  json.member("requests", of.requests);
  json.member("retries", of.retries);
  if (of.starts) json.member("starts", of.starts);
  if (of.live) write_live(json, *of.live);
}

void write_counts(io::json_writer& json, const run_facts& of) {
  json.member("ledger_bytes", of.ledger_bytes);
  json.member("accepted", of.accepted);
  if (of.handed_on) json.member("handed_on", of.handed_on);
  json.key("rejected");
  json.open_object();
  for (const reject_reason why : all_reject_reasons) {
    if (of.rejected[why]) json.member(name(why), of.rejected[why]);
  }
  json.close_object();
  json.member("failed", of.failed);
  json.member("max_failed", of.most_failed);
  const auto usd = of.usd();
  json.member("usd", usd);
  const bool is_shared = usd && of.accepted > 0;
  json.member("usd_per_accepted",
              is_shared ? std::optional(*usd / static_cast<double>(of.accepted)) : std::nullopt);
}

std::uint64_t number_at(providers::json_result value) {
  std::uint64_t number = 0;
  return value.get(number) ? 0 : number;
}

double real_at(providers::json_result value, double otherwise = 0) {
  double number = otherwise;
  return value.get(number) ? otherwise : number;
}

std::uint32_t small_at(providers::json_result value) {
  return static_cast<std::uint32_t>(number_at(std::move(value)));
}

std::optional<price> price_at(element of) {
  simdjson::dom::object costs;
  if (of["price"].get(costs)) return std::nullopt;
  const double input = real_at(costs["input"]);
  return price{input, real_at(costs["cached"]), real_at(costs["output"]),
               real_at(costs["cache_write"], input)};
}

usage_sum used_at(element of) {
  const auto tokens = [&](std::string_view key) {
    return std::max<std::int64_t>(0, providers::count_at(of[key]));
  };
  return {tokens("input_tokens"), tokens("cached_tokens"), tokens("output_tokens"),
          tokens("cache_written_tokens"), tokens("answers_without_usage")};
}

ledger_account::by_name names_at(providers::json_result of) {
  ledger_account::by_name out;
  for_members(std::move(of), [&](std::string_view name, element answers) {
    out.emplace(name, number_at(found(answers)));
  });
  return out;
}

variant_facts variant_at(element of) {
  variant_facts out{small_at(of["step"]),
                    small_at(of["variant"]),
                    std::string(text_at(of["step_name"])),
                    std::string(text_at(of["provider"])),
                    std::string(text_at(of["model"])),
                    "",
                    price_at(of),
                    {}};
  element values;
  if (!of["values"].get(values)) out.values = providers::exact_json(values);
  out.asked = {used_at(of), names_at(of["models_served"]), names_at(of["service_tiers_served"])};
  out.unneeded = number_at(of["failed_unneeded"]);
  return out;
}

judge_facts judge_at(element of) {
  return {small_at(of["step"]),
          std::string(text_at(of["name"])),
          std::string(text_at(of["provider"])),
          std::string(text_at(of["model"])),
          price_at(of),
          used_at(of)};
}

evaluator_facts evaluator_at(element of) {
  return {small_at(of["step"]), std::string(text_at(of["kind"])), std::string(text_at(of["name"])),
          real_at(of["threshold"], 1), providers::flag_at(of["decides"])};
}

void read_dataset(providers::json_result from, run_facts& into) {
  element dataset;
  if (from.get(dataset)) return;
  std::uint64_t records = 0;
  if (!dataset["records"].get(records)) into.records = records;
  const std::string hex(text_at(dataset["fingerprint"]));
  if (!hex.empty()) into.dataset_fingerprint = std::strtoull(hex.c_str(), nullptr, 16);
}

std::optional<live_facts> live_at(providers::json_result from) {
  element live;
  if (from.get(live)) return std::nullopt;
  live_facts out;
  out.at_ms = static_cast<std::int64_t>(number_at(live["at_ms"]));
  out.done = number_at(live["done"]);
  if (std::uint64_t total = 0; !live["total"].get(total)) out.total = total;
  out.accepted = number_at(live["accepted"]);
  out.rejected = number_at(live["rejected"]);
  out.failed = number_at(live["failed"]);
  out.per_s = real_at(live["per_s"]);
  if (double usd = 0; !live["usd"].get(usd)) out.usd = usd;
  return out;
}

void read_parts(element from, run_facts& into) {
  for_members(from["config"], [&](std::string_view path, element value) {
    into.config.emplace(path, text_at(found(value)));
  });
  for_members(from["rejected"], [&](std::string_view word, element count) {
    const auto reason = reason_named(word);
    if (reason) into.rejected[*reason] = number_at(found(count));
  });
  for_elements(from["variants"], [&](element one) { into.variants.push_back(variant_at(one)); });
  for_elements(from["judges"], [&](element one) { into.judges.push_back(judge_at(one)); });
  for_elements(from["evaluators"],
               [&](element one) { into.evaluators.push_back(evaluator_at(one)); });
  read_dataset(from["dataset"], into);
}

run_facts read_all(element from) {
  run_facts out;
  out.run = text_at(from["run"]);
  out.version = text_at(from["version"]);
  out.state = text_at(from["state"]);
  out.reason = text_at(from["reason"]);
  out.config_hash = text_at(from["config_hash"]);
  out.first_began_ms = static_cast<std::int64_t>(number_at(from["first_began_ms"]));
  out.began_ms = static_cast<std::int64_t>(number_at(from["began_ms"]));
  out.ended_ms = static_cast<std::int64_t>(number_at(from["ended_ms"]));
  out.elapsed_s = real_at(from["elapsed_s"]);
  out.requests = number_at(from["requests"]);
  out.retries = number_at(from["retries"]);
  out.starts = number_at(from["starts"]);
  out.live = live_at(from["live"]);
  out.ledger_bytes = number_at(from["ledger_bytes"]);
  out.accepted = number_at(from["accepted"]);
  out.handed_on = number_at(from["handed_on"]);
  out.failed = number_at(from["failed"]);
  out.most_failed = number_at(from["max_failed"]);
  double usd = 0;
  if (out.ended_ms > 0 && !from["usd"].get(usd)) out.spent_usd = usd;
  read_parts(from, out);
  return out;
}

}  // namespace

std::optional<double> usd_of(const usage_sum& used, const std::optional<price>& costs) {
  if (used == usage_sum()) return 0;
  if (!costs || used.untold > 0) return std::nullopt;
  return spending_of(used.all(), *costs).usd;
}

std::optional<double> run_facts::asked_usd() const {
  double sum = 0;
  const auto add = [&sum](std::optional<double> part) {
    sum += part.value_or(0);
    return part.has_value();
  };
  for (const auto& one : variants) {
    if (!add(usd_of(one.asked.used, one.costs))) return std::nullopt;
  }
  for (const auto& one : judges) {
    if (!add(usd_of(one.used, one.costs))) return std::nullopt;
  }
  return sum;
}

const variant_facts* run_facts::find(std::uint32_t step, std::uint32_t variant) const {
  for (const auto& one : variants) {
    if (one.step == step && one.variant == variant) return &one;
  }
  return nullptr;
}

run_facts facts_of(const config& run) {
  run_facts out;
  out.run = run.run;
  out.version = io::version;
  out.config = all_shaping(run);
  add_plan(run, out.config);
  out.config_hash = hash_of(out.config);
  out.most_failed = run.max_failed;
  for (std::uint32_t i = 0; i <= last_step(run); ++i) add_step(step_of(run, i), i, out);
  return out;
}

budget::amount cost_of(const run_facts& of) {
  budget::amount sum;
  const auto add = [&sum](const usage_sum& used, const std::optional<price>& costs) {
    sum += budget::amount_of(used.all(), costs.value_or(price()));
  };
  for (const auto& one : of.variants) add(one.asked.used, one.costs);
  for (const auto& one : of.judges) add(one.used, one.costs);
  return sum;
}

std::optional<double> usd_besides(const run_facts& of, const run_facts& by) {
  ledger_account used;
  for (const auto& one : of.variants) used.variants[{one.step, one.variant}] = one.asked;
  for (const auto& one : of.judges) used.judges[{one.step, one.name}] = one.used;
  run_facts priced = by;
  priced.spent_usd.reset();
  take_account(used, priced);
  const auto asked = priced.asked_usd();
  return of.spent_usd && asked ? std::optional(*of.spent_usd - *asked) : std::nullopt;
}

// One that the config has no more was paid all the same: by the dearest price there is.
void add_gone_judges(const ledger_account& of, run_facts& into) {
  price dearest;
  for (const auto& one : into.variants) dearest = dearest_of(dearest, one.costs.value_or(price()));
  for (const auto& one : into.judges) dearest = dearest_of(dearest, one.costs.value_or(price()));
  for (const auto& [who, used] : of.judges) {
    const bool is_known = std::ranges::any_of(into.judges, [&who = who](const judge_facts& one) {
      return std::pair(one.step, one.name) == who;
    });
    if (!is_known) into.judges.push_back({who.first, who.second, "", "", dearest, {}});
  }
}

void take_account(const ledger_account& of, run_facts& into) {
  add_gone_judges(of, into);
  for (auto& one : into.variants) {
    const auto found = of.variants.find({one.step, one.variant});
    one.asked = found == of.variants.end() ? ledger_account::asked() : found->second;
  }
  for (auto& one : into.judges) {
    const auto found = of.judges.find({one.step, one.name});
    one.used = found == of.judges.end() ? usage_sum() : found->second;
  }
}

void take_fold(const view_fold& of, run_facts& into) {
  into.accepted = of.counts().accepted;
  into.handed_on = of.counts().handed_on;
  into.rejected = of.counts().rejected;
  into.failed = of.counts().failed;
  for (variant_facts& one : into.variants) one.unneeded = 0;
  of.for_unneeded([&into](const sample_key& key) {
    for (variant_facts& one : into.variants) {
      one.unneeded += one.step == key.step && one.variant == key.variant;
    }
  });
  take_account(of.account(), into);
  const auto asked = into.asked_usd();
  if (into.spent_usd && asked) *into.spent_usd += *asked;
}

std::string encode(const run_facts& what) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("retort_summary", 1);
  json.member("run", what.run);
  json.member("version", what.version);
  json.member("state", what.state);
  json.member("reason", what.reason);
  write_config(json, what);
  write_dataset(json, what);
  write_times(json, what);
  write_counts(json, what);
  write_list(json, "variants", what.variants, write_variant);
  write_list(json, "judges", what.judges, write_judge);
  write_list(json, "evaluators", what.evaluators, write_evaluator);
  json.close_object();
  return out + '\n';
}

result<run_facts> decode_facts(const std::string& text, const std::string& path) {
  providers::json_parser parser;
  element root;
  std::int64_t version = 0;
  if (parse_any_numbers(parser, text).get(root) || root["retort_summary"].get(version) ||
      version != 1) {
    return error{errc::mismatch, fmt::format("{} is not a summary of this retort", path)};
  }
  return read_all(root);
}

result<std::optional<run_facts>> read_facts(const run_directory& where) {
  const std::string path = where.summary();
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (!*there) return std::optional<run_facts>();
  const auto text = io::read_file(path);
  if (!text) return text.error();
  auto found = decode_facts(*text, path);
  if (!found) return found.error();
  return std::optional(std::move(*found));
}

}  // namespace retort::engine
