set(METRICS_TESTS
  metrics/attention_test.cpp
  metrics/bleu_test.cpp
  metrics/bootstrap_test.cpp
  metrics/caption_sets_test.cpp
  metrics/cider_test.cpp
  metrics/coco_files_test.cpp
  metrics/evaluation_test.cpp
  metrics/golden.cpp
  metrics/ptb_tokenizer_test.cpp
  metrics/rouge_test.cpp
  metrics/score_table_test.cpp
  metrics/text_files_test.cpp
  metrics/wordnet_test.cpp
)
if(TARGET stemmer::stemmer)
  list(APPEND METRICS_TESTS metrics/meteor_test.cpp)
endif()
