// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/metric_list.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <prometheus/text_serializer.h>

namespace authzd {

void MetricList::gauge(std::string name, std::string help) {
  begin(std::move(name), std::move(help), prometheus::MetricType::Gauge);
}

void MetricList::counter(std::string name, std::string help) {
  begin(std::move(name), std::move(help), prometheus::MetricType::Counter);
}

void MetricList::histogram(std::string name, std::string help) {
  begin(std::move(name), std::move(help), prometheus::MetricType::Histogram);
}

void MetricList::add(const MetricLabels& labels, double value) {
  const bool is_counter = families_.back().type == prometheus::MetricType::Counter;
  prometheus::ClientMetric& metric = append(labels);
  if (is_counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

void MetricList::add(const MetricLabels& labels,
                     std::span<const double> bounds,
                     std::span<const std::uint64_t> counts,
                     double sum) {
  auto& histogram = append(labels).histogram;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    auto& bucket = histogram.bucket.emplace_back();
    bucket.cumulative_count = total;
    bucket.upper_bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
  }
  histogram.sample_count = total;
  histogram.sample_sum = sum;
}

std::string MetricList::text() const {
  std::vector<prometheus::MetricFamily> families;
  const auto has_samples = [](const auto& family) { return !family.metric.empty(); };
  std::ranges::copy_if(families_, std::back_inserter(families), has_samples);
  return prometheus::TextSerializer().Serialize(families);
}

void MetricList::begin(std::string name, std::string help, prometheus::MetricType type) {
  auto& family = families_.emplace_back();
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
}

prometheus::ClientMetric& MetricList::append(const MetricLabels& labels) {
  prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
  for (const auto& [name, value] : labels) {
    auto& label = metric.label.emplace_back();
    label.name = name;
    label.value = value;
  }
  return metric;
}

}  // namespace authzd
