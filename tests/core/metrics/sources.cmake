set(METRICS_TESTS
  metrics/bleu_test.cpp
  metrics/cider_test.cpp
  metrics/golden.cpp
  metrics/rouge_test.cpp
)
