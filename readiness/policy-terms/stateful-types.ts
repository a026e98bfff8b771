/** Resource types that hold something that can't be made again from the code. */
export const stateful: readonly string[] = [
  "aws_db_instance",
  "aws_dynamodb_table",
  "aws_efs_file_system",
  "aws_elasticache_replication_group",
  "aws_kms_key",
  "aws_kms_replica_key",
  "aws_rds_cluster",
  "aws_route53_zone",
  "aws_s3_bucket",
  "aws_secretsmanager_secret",
];
