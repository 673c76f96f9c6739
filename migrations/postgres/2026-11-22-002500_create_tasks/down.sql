DROP TABLE task_files;
DROP TABLE task_contents;
DROP TABLE tasks;
DROP TABLE playbook_run_contents;
DROP TABLE playbook_runs;
